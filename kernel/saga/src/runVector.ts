import { databaseRejectedDataIn, databaseUnavailableIn } from "@valerix/database"
import { Cause, Effect } from "effect"
import { inHalves } from "./InHalves.ts"
import { onePerCommand } from "./OnePerCommand.ts"
import { type Outcome, rejected, unavailable } from "./Outcome.ts"

/**
 * Runs the work of a vector of commands, which gives one outcome per command, and makes of every way in which it can go
 * wrong as a whole an outcome per command, so that a vector never fails:
 *
 * - the database is away, slow, or in conflict: every command is Unavailable;
 * - the database refuses the data: the vector is split in halves until the culprit stands alone, which is Rejected;
 * - a defect: logged, and every command is Unavailable, because how far it came is not known.
 */
export const runVector = <Command>(
  commands: ReadonlyArray<Command>,
  work: (commands: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Outcome>>
): Effect.Effect<ReadonlyArray<Outcome>> => {
  if (commands.length === 0) return Effect.succeed([])
  return inHalves(commands, {
    work: (part) => answerEach(part, work),
    isOfData: (cause) => databaseRejectedDataIn(cause) !== undefined,
    alone: (_, cause) =>
      Effect.as(
        Effect.logError("A command's data were refused by the database", {
          sql_state: databaseRejectedDataIn(cause)?.sqlState
        }),
        rejected("invalid_data", "The data of this command were refused.")
      )
  })
}

/** Gives exactly one outcome per command, or fails on their data. */
const answerEach = <Command>(
  commands: ReadonlyArray<Command>,
  work: (commands: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Outcome>>
): Effect.Effect<ReadonlyArray<Outcome>> =>
  Effect.matchCauseEffect(
    Effect.suspend(() => work(commands)),
    {
      onSuccess: (outcomes) => onePerCommand(outcomes, commands.length),
      onFailure: (cause) => {
        if (Cause.hasInterruptsOnly(cause) || databaseRejectedDataIn(cause) !== undefined)
          return Effect.failCause(cause)
        const absence = databaseUnavailableIn(cause)
        if (absence !== undefined) return Effect.succeed(commands.map(() => unavailable(absence.reason)))
        return Effect.as(
          Effect.logError("A command failed unexpectedly", cause),
          commands.map(() => unavailable("unexpected error"))
        )
      }
    }
  )

import { databaseRejectedDataIn, databaseUnavailableIn } from "@valerix/database"
import { Cause, Effect } from "effect"
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
  return Effect.matchCauseEffect(work(commands), {
    onSuccess: Effect.succeed,
    onFailure: (cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
      const refusal = databaseRejectedDataIn(cause)
      if (refusal !== undefined) return isolateCulprit(commands, work, refusal.sqlState)
      const absence = databaseUnavailableIn(cause)
      if (absence !== undefined) return Effect.succeed(commands.map(() => unavailable(absence.reason)))
      return Effect.as(
        Effect.logError("A command failed unexpectedly", cause),
        commands.map(() => unavailable("unexpected error"))
      )
    }
  })
}

const isolateCulprit = <Command>(
  commands: ReadonlyArray<Command>,
  work: (commands: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Outcome>>,
  sqlState: string
): Effect.Effect<ReadonlyArray<Outcome>> => {
  if (commands.length === 1) {
    return Effect.as(Effect.logError("A command's data were refused by the database", { sql_state: sqlState }), [
      rejected("invalid_data", "The data of this command were refused.")
    ])
  }
  const middle = Math.ceil(commands.length / 2)
  return Effect.zipWith(
    runVector(commands.slice(0, middle), work),
    runVector(commands.slice(middle), work),
    (left, right) => [...left, ...right]
  )
}

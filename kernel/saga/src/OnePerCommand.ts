import { Effect } from "effect"
import { type Outcome, unavailable } from "./Outcome.ts"

/**
 * Gives the outcomes of a vector if there is one per command. If not, nobody can tell which command an outcome belongs
 * to, and to take one for that of another would move a saga on what never happened: then every command is Unavailable.
 */
export const onePerCommand = (
  outcomes: ReadonlyArray<Outcome>,
  commands: number
): Effect.Effect<ReadonlyArray<Outcome>> =>
  outcomes.length === commands
    ? Effect.succeed(outcomes)
    : Effect.as(
        Effect.logError("A participant does not give one outcome per command", { commands, outcomes: outcomes.length }),
        Array.from({ length: commands }, () => unavailable("outcomes that belong to nobody"))
      )

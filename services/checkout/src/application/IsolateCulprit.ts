import { databaseRejectedDataIn, databaseUnavailableIn } from "@valerix/database"
import { Cause, Effect } from "effect"

/**
 * Does the work of a batch, one result per item, and never fails. Data that the database refuses split the batch in
 * halves until the culprit stands alone and gets `refused`; its neighbours are worked on without it. Anything else, a
 * timeout above all, is no reason to try again: every item gets `failed` with the reason.
 */
export const isolateCulprit = <Item, Result>(
  items: ReadonlyArray<Item>,
  options: {
    readonly work: (items: ReadonlyArray<Item>) => Effect.Effect<ReadonlyArray<Result>>
    readonly refused: Result
    readonly failed: (reason: string) => Result
  }
): Effect.Effect<ReadonlyArray<Result>> =>
  Effect.matchCauseEffect(options.work(items), {
    onSuccess: Effect.succeed,
    onFailure: (cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
      if (databaseRejectedDataIn(cause) !== undefined) {
        if (items.length === 1) {
          return Effect.as(Effect.logError("An order's data were refused by the database", cause), [options.refused])
        }
        const middle = Math.ceil(items.length / 2)
        return Effect.zipWith(
          isolateCulprit(items.slice(0, middle), options),
          isolateCulprit(items.slice(middle), options),
          (left, right) => [...left, ...right]
        )
      }
      const absence = databaseUnavailableIn(cause)
      return absence === undefined
        ? Effect.as(
            Effect.logError("Accepting orders failed unexpectedly", cause),
            items.map(() => options.failed("unexpected error"))
          )
        : Effect.as(
            Effect.logWarning("Accepting orders failed", { reason: absence.reason }),
            items.map(() => options.failed("the database is away"))
          )
    }
  })

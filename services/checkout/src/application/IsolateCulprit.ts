import { databaseRejectedDataIn, databaseUnavailableIn } from "@valerix/database"
import { inHalves } from "@valerix/saga"
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
  inHalves(items, {
    work: (some) =>
      Effect.catchCause(options.work(some), (cause) =>
        isOfData(cause) || Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.map(reasonOf(cause), (reason) => some.map(() => options.failed(reason)))
      ),
    isOfData,
    alone: (_, cause) =>
      Effect.as(Effect.logError("An order's data were refused by the database", cause), options.refused)
  })

const isOfData = (cause: Cause.Cause<never>): boolean => databaseRejectedDataIn(cause) !== undefined

/** Reports why a batch could not be worked on, and says it in words for callers. */
const reasonOf = (cause: Cause.Cause<never>): Effect.Effect<string> => {
  const absence = databaseUnavailableIn(cause)
  return absence === undefined
    ? Effect.as(Effect.logError("Accepting orders failed unexpectedly", cause), "unexpected error")
    : Effect.as(Effect.logWarning("Accepting orders failed", { reason: absence.reason }), "the database is away")
}

import { type Cause, Effect } from "effect"

/**
 * Does work for a list as a whole, one result per item. When it fails on the data of an item, it is done for each half of
 * the list, and so on until that item stands alone: its result is then given by `alone`. Any other failure is passed on.
 */
export const inHalves = <A, B>(
  items: ReadonlyArray<A>,
  options: {
    readonly work: (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>>
    readonly isOfData: (cause: Cause.Cause<never>) => boolean
    readonly alone: (item: A, cause: Cause.Cause<never>) => Effect.Effect<B>
  }
): Effect.Effect<ReadonlyArray<B>> =>
  Effect.catchCause(options.work(items), (cause) => {
    if (!options.isOfData(cause)) return Effect.failCause(cause)
    if (items.length <= 1) return Effect.forEach(items, (item) => options.alone(item, cause))
    const middle = Math.ceil(items.length / 2)
    return Effect.zipWith(
      inHalves(items.slice(0, middle), options),
      inHalves(items.slice(middle), options),
      (left, right) => [...left, ...right]
    )
  })

import { PAGE_LIMIT_MAX } from "@valerix/http"
import { Console, Effect } from "effect"

interface Page<A> {
  readonly data: ReadonlyArray<A>
  readonly next_cursor: string | null
}

/**
 * Goes through a list of the API page by page, until so many are listed or there are no more; gives how many there were,
 * and the last one, if there are more after it.
 */
export const throughPages = <A, E, R, E2, R2>(
  limit: number,
  page: (after: A | undefined, limit: number) => Effect.Effect<Page<A>, E, R>,
  visit: (items: ReadonlyArray<A>) => Effect.Effect<void, E2, R2>
) =>
  Effect.gen(function* () {
    let listed = 0
    let after: A | undefined
    while (true) {
      const { data, next_cursor } = yield* page(after, Math.min(PAGE_LIMIT_MAX, limit - listed))
      if (data.length > 0) yield* visit(data)
      listed += data.length
      after = data.at(-1)
      if (next_cursor === null || after === undefined) return { listed, next: undefined }
      if (listed >= limit) return { listed, next: after }
    }
  })

/** Says on stderr that there was nothing to list, or how to go on after what was listed. */
export const tellEnd = Effect.fnUntraced(function* <A>(
  { listed, next }: { readonly listed: number; readonly next: A | undefined },
  { command, idOf, nothing }: { readonly command: string; readonly idOf: (item: A) => string; readonly nothing: string }
) {
  if (listed === 0) yield* Console.error(nothing)
  if (next !== undefined) {
    yield* Console.error(`There are more: ${command}, with the same flags and --after ${idOf(next)}`)
  }
})

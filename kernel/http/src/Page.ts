import { Effect, Schema } from "effect"
import { Cursor } from "./Cursor.ts"

/** How many items a page has when the request does not say, and at most. */
export const PAGE_LIMIT_DEFAULT = 20
export const PAGE_LIMIT_MAX = 100

const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: PAGE_LIMIT_MAX })).pipe(
  Schema.withDecodingDefaultKey(Effect.succeed(PAGE_LIMIT_DEFAULT))
)

/**
 * A paged list. `position` is the schema of an item's place in the list's order, usually a tuple of its sort keys that
 * ends with its id:
 *
 *     const OrderPage = Paged(OrderView, Schema.Tuple([Schema.String, OrderId]))
 *
 * - `query`: the fields of the endpoint's query, `limit` (1 to 100, 20 by default) and `cursor` (a position, decoded).
 * - `success`: the page, `{ data, next_cursor }`.
 * - `of(items, limit, positionOf)`: makes a page of items that were read with `LIMIT limit + 1`, so that the item too
 *   many tells that there are more.
 */
export const Paged = <Item extends Schema.Constraint, Position, Encoded>(
  item: Item,
  position: Schema.Codec<Position, Encoded>
) => {
  const cursor = Cursor(position)
  const encodeCursor = Schema.encodeSync(cursor)
  return {
    query: { limit: Limit, cursor: Schema.optionalKey(cursor) },
    success: Schema.Struct({ data: Schema.Array(item), next_cursor: Schema.NullOr(Schema.String) }),
    of: <A>(items: ReadonlyArray<A>, limit: number, positionOf: (last: A) => Position) => {
      const data = items.slice(0, limit)
      const last = data.at(-1)
      return { data, next_cursor: items.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null }
    }
  }
}

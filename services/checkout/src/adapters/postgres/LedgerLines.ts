import type { PgClient } from "@effect/sql-pg"
import { MinorUnits, OrderId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { PricedLine } from "../../domain/PricedOrder.ts"
import { type OrderKey, orderKeys } from "./OrderKeys.ts"

const decodeLines = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      order_id: OrderId,
      product_id: ProductId,
      sku: Schema.String,
      quantity: Quantity,
      unit_price_minor: MinorUnits
    })
  )
)

/** The lines of orders, in their order, by order. Call it inside a transaction that names their organizations. */
export const selectLines = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  orders: ReadonlyArray<OrderKey & { readonly orderId: OrderId }>
) {
  const rows = yield* decodeLines(
    yield* sql`
    SELECT item.order_id, item.product_id, item.sku, item.quantity, item.unit_price_minor
    FROM ${orderKeys("wanted", orders)}
    JOIN order_ledger_items AS item USING (organization_id, order_id)
    ORDER BY wanted.position, item.line_number`
  )
  const lines = new Map<OrderId, Array<PricedLine>>(orders.map((order) => [order.orderId, []]))
  for (const row of rows) {
    lines.get(row.order_id)?.push({
      productId: row.product_id,
      sku: row.sku,
      quantity: row.quantity,
      unitPriceMinor: row.unit_price_minor
    })
  }
  return lines
})

/** How many lines an order of the ledger has, in a statement that has the ledger's row as `ledger`. */
export const lineCount = (sql: PgClient.PgClient) => sql`
  greatest(1, (SELECT count(*) FROM order_ledger_items AS item
    WHERE item.organization_id = ledger.organization_id AND item.order_id = ledger.order_id))::int`

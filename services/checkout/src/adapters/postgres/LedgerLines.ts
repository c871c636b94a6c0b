import type { PgClient } from "@effect/sql-pg"
import { batch, uuids } from "@valerix/database"
import { MinorUnits, OrderId, type OrganizationId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { PricedLine } from "../../domain/PricedOrder.ts"

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
  orders: ReadonlyArray<{ readonly organizationId: OrganizationId; readonly orderId: OrderId }>
) {
  const rows = yield* decodeLines(
    yield* sql`
    SELECT item.order_id, item.product_id, item.sku, item.quantity, item.unit_price_minor
    FROM ${batch("wanted", {
      organization_id: uuids(orders.map((order) => order.organizationId)),
      order_id: uuids(orders.map((order) => order.orderId))
    })}
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

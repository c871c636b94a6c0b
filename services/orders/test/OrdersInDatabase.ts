import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { ordersMigrations } from "../src/Migrations.ts"
import { layerOrders } from "../src/Orders.ts"
import type { Key } from "./SampleOrders.ts"

/** The orders service on a database of its own. */
export const layerOrdersInDatabase = layerOrders.pipe(Layer.provideMerge(testDatabase("orders", ordersMigrations)))

interface Event {
  readonly event_type: string
  readonly event_version: number
  readonly aggregate_type: string
  readonly correlation_id: string | null
  readonly payload: unknown
}

/** Everything that is kept of an order, read as the owner. */
export const inspect = Effect.fnUntraced(function* ({ orderId, organizationId }: Key) {
  const { sql } = yield* OwnerDatabase
  const orders = yield* sql`
    SELECT * FROM sales_orders WHERE organization_id = ${organizationId} AND order_id = ${orderId}`
  const lines = yield* sql`
    SELECT * FROM sales_order_lines WHERE organization_id = ${organizationId} AND order_id = ${orderId}
    ORDER BY line_number`
  const events = yield* sql<Event>`
    SELECT event_type, event_version, aggregate_type, correlation_id, payload FROM outbox
    WHERE organization_id = ${organizationId} AND aggregate_id = ${orderId} ORDER BY sequence`
  return { order: orders[0], lines, events }
})

export const eventTypes = (order: Key) =>
  Effect.map(inspect(order), ({ events }) => events.map(({ event_type }) => event_type))

export const statusOf = (order: Key) => Effect.map(inspect(order), (kept) => kept.order?.status)

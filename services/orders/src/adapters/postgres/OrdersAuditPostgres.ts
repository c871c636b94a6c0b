import { batch, checkIsolation, organizationsPresent, rowsOf, TenantDatabase, uuids } from "@valerix/database"
import { Currency, OrderId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { OrdersAudit } from "../../contract/OrdersAudit.ts"
import { ORDER_STATUSES } from "../../domain/OrderStatus.ts"
import { checkLines } from "./audit/CheckLines.ts"
import { checkOrders } from "./audit/CheckOrders.ts"

const ORGANIZATIONS_MAX = 1_000
const ORDERS_MAX = 10_000

const idsOf = rowsOf(Schema.Struct({ order_id: OrderId }))
const salesOrdersOf = rowsOf(
  Schema.Struct({
    order_id: OrderId,
    status: Schema.Literals(ORDER_STATUSES),
    total_minor: Schema.Int,
    currency: Currency
  })
)

export const layerOrdersAuditPostgres = Layer.effect(
  OrdersAudit,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database

    return OrdersAudit.of({
      checks: [checkIsolation(database), checkOrders(database), checkLines(database)],

      organizations: Effect.fn("OrdersAudit.organizations")((after) =>
        organizationsPresent(database, after, ORGANIZATIONS_MAX)
      ),

      orders: Effect.fn("OrdersAudit.orders")((organizationId, after, limit) =>
        Effect.map(
          database.transaction([organizationId])(
            idsOf(sql`
              SELECT order_id FROM sales_orders
              WHERE organization_id = ${organizationId}::uuid
                AND order_id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000')
              ORDER BY order_id LIMIT ${limit}::int`)
          ),
          (rows) => rows.map((row) => row.order_id)
        )
      ),

      salesOrdersOf: Effect.fn("OrdersAudit.salesOrdersOf")(function* (organizationId, orderIds) {
        if (orderIds.length > ORDERS_MAX)
          return yield* Effect.die(new RangeError(`at most ${ORDERS_MAX} orders at a time`))
        // LATERAL … OFFSET 0 makes one look-up by key of each order, whatever the planner thinks of the table.
        const rows = yield* database.transaction([organizationId])(
          salesOrdersOf(sql`
            SELECT found.order_id, found.status, found.total_minor, found.currency
            FROM ${batch("wanted", { order_id: uuids(orderIds) })}
            CROSS JOIN LATERAL (
              SELECT * FROM sales_orders
              WHERE organization_id = ${organizationId}::uuid AND sales_orders.order_id = wanted.order_id
              OFFSET 0
            ) AS found`)
        )
        const byId = new Map(rows.map((row) => [row.order_id, row]))
        return orderIds.map((orderId) => {
          const row = byId.get(orderId)
          return row && { status: row.status, totalMinor: row.total_minor, currency: row.currency }
        })
      })
    })
  })
)

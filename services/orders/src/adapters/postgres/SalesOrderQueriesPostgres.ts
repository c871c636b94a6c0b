import { TenantDatabase } from "@valerix/database"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import type { Statement } from "effect/sql"
import { type SalesOrderFilter, SalesOrderQueries } from "../../application/ports/SalesOrderQueries.ts"
import { LineRow, OrderRow, orderOf, SummaryRow, summaryOf } from "./SalesOrderRows.ts"

const decodeOrders = Schema.decodeUnknownEffect(Schema.Array(OrderRow))
const decodeLines = Schema.decodeUnknownEffect(Schema.Array(LineRow))
const decodeSummaries = Schema.decodeUnknownEffect(Schema.Array(SummaryRow))

export const layerSalesOrderQueriesPostgres = Layer.effect(
  SalesOrderQueries,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database

    const summary = sql.literal(`organization_id, order_id, so_number, customer_id, status, currency, total_minor,
      external_reference, correlation_id, created_at, updated_at, confirmed_at, cancelled_at`)

    const find = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
      const [order] = yield* decodeOrders(
        yield* sql`
          SELECT ${summary}, adjustments, shipping_address FROM sales_orders
          WHERE organization_id = ${organizationId} AND order_id = ${orderId}`
      )
      if (order === undefined) return undefined
      const lines = yield* decodeLines(
        yield* sql`
          SELECT line_number, product_id, sku, quantity, unit_price_minor, line_total_minor FROM sales_order_lines
          WHERE organization_id = ${organizationId} AND order_id = ${orderId}
          ORDER BY line_number`
      )
      return orderOf(order, lines)
    })

    const page = Effect.fnUntraced(function* (organizationId: OrganizationId, filter: SalesOrderFilter) {
      const conditions: Array<Statement.Fragment> = [sql`organization_id = ${organizationId}`]
      if (filter.status !== undefined) conditions.push(sql`status = ${filter.status}`)
      if (filter.customerId !== undefined) conditions.push(sql`customer_id = ${filter.customerId}`)
      if (filter.from !== undefined) conditions.push(sql`created_at >= ${filter.from}`)
      if (filter.to !== undefined) conditions.push(sql`created_at < ${filter.to}`)
      if (filter.after !== undefined) {
        const [createdAt, orderId] = filter.after
        conditions.push(sql`(created_at, order_id) < (${createdAt}, ${orderId})`)
      }
      const rows = yield* sql`
        SELECT ${summary} FROM sales_orders WHERE ${sql.and(conditions)}
        ORDER BY created_at DESC, order_id DESC LIMIT ${filter.limit}`
      return (yield* decodeSummaries(rows)).map(summaryOf)
    })

    return SalesOrderQueries.of({
      find: (organizationId, orderId) =>
        Effect.orDie(database.transaction([organizationId])(find(organizationId, orderId))),
      page: (organizationId, filter) =>
        Effect.orDie(database.transaction([organizationId])(page(organizationId, filter)))
    })
  })
)

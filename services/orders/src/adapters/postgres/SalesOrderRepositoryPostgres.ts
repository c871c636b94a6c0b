import { batch, bigints, ints, jsons, TenantDatabase, texts, uuids } from "@valerix/database"
import { Currency, CustomerId, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Array as Arr, Effect, Layer, Schema } from "effect"
import { orderKeyOf } from "../../application/OrderKey.ts"
import { type LockedOrder, type OrderKey, SalesOrderRepository } from "../../application/ports/SalesOrderRepository.ts"
import type { CreateSalesOrder } from "../../contract/OrdersCommands.ts"
import { ORDER_STATUSES } from "../../domain/OrderStatus.ts"
import { lineTotal } from "../../domain/OrderTotal.ts"

/** The most lines that one statement writes, so that its message and its time stay bounded. */
const LINES_PER_STATEMENT_MAX = 10_000

const InsertedRow = Schema.Struct({ organizationId: OrganizationId, orderId: OrderId })
const LockedRow = Schema.Struct({
  organizationId: OrganizationId,
  orderId: OrderId,
  customerId: CustomerId,
  status: Schema.Literals(ORDER_STATUSES),
  currency: Currency,
  totalMinor: MinorUnits,
  correlationId: Schema.NullOr(Schema.String)
})
const decodeInserted = Schema.decodeUnknownEffect(Schema.Array(InsertedRow))
const decodeLocked = Schema.decodeUnknownEffect(Schema.Array(LockedRow))

export const layerSalesOrderRepositoryPostgres = Layer.effect(
  SalesOrderRepository,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase

    const insertLines = (orders: ReadonlyArray<CreateSalesOrder>) => {
      const lines = orders.flatMap(({ lines, orderId, organizationId }) =>
        lines.map((line, index) => ({ ...line, organizationId, orderId, lineNumber: index + 1 }))
      )
      return Effect.forEach(
        Arr.chunksOf(lines, LINES_PER_STATEMENT_MAX),
        (chunk) => sql`
          INSERT INTO sales_order_lines
            (organization_id, order_id, line_number, product_id, sku, quantity, unit_price_minor, line_total_minor)
          SELECT organization_id, order_id, line_number, product_id, sku, quantity, unit_price_minor, line_total_minor
          FROM ${batch("line", {
            organization_id: uuids(chunk.map((line) => line.organizationId)),
            order_id: uuids(chunk.map((line) => line.orderId)),
            line_number: ints(chunk.map((line) => line.lineNumber)),
            product_id: uuids(chunk.map((line) => line.productId)),
            sku: texts(chunk.map((line) => line.sku)),
            quantity: ints(chunk.map((line) => line.quantity)),
            unit_price_minor: bigints(chunk.map((line) => line.unitPriceMinor)),
            line_total_minor: bigints(chunk.map(lineTotal))
          })}`,
        { discard: true }
      )
    }

    const insert = Effect.fnUntraced(function* (orders: ReadonlyArray<CreateSalesOrder>) {
      if (orders.length === 0) return []
      const rows = yield* sql`
        INSERT INTO sales_orders (organization_id, order_id, customer_id, currency, total_minor, adjustments,
          shipping_address, external_reference, correlation_id)
        SELECT organization_id, order_id, customer_id, currency, total_minor, adjustments,
          shipping_address, external_reference, correlation_id
        FROM ${batch("sales_order", {
          organization_id: uuids(orders.map((order) => order.organizationId)),
          order_id: uuids(orders.map((order) => order.orderId)),
          customer_id: uuids(orders.map((order) => order.customerId)),
          currency: texts(orders.map((order) => order.currency)),
          total_minor: bigints(orders.map((order) => order.totalMinor)),
          adjustments: jsons(orders.map((order) => order.adjustments.map(adjustmentRow))),
          shipping_address: jsons(orders.map((order) => order.shippingAddress ?? null)),
          external_reference: texts(orders.map((order) => order.externalReference ?? null)),
          correlation_id: texts(orders.map((order) => order.correlationId ?? null))
        })}
        ORDER BY organization_id, order_id
        ON CONFLICT (organization_id, order_id) DO NOTHING
        RETURNING organization_id AS "organizationId", order_id AS "orderId"`
      const keys = new Set((yield* decodeInserted(rows)).map(orderKeyOf))
      const inserted = orders.filter((order) => keys.has(orderKeyOf(order)))
      yield* insertLines(inserted)
      return inserted
    })

    const lock = Effect.fnUntraced(function* (orders: ReadonlyArray<OrderKey>) {
      if (orders.length === 0) return []
      const rows = yield* sql`
        SELECT organization_id AS "organizationId", order_id AS "orderId", customer_id AS "customerId", status, currency,
          total_minor AS "totalMinor", correlation_id AS "correlationId"
        FROM sales_orders JOIN ${keysOf(orders)} USING (organization_id, order_id)
        ORDER BY organization_id, order_id
        FOR UPDATE OF sales_orders`
      return (yield* decodeLocked(rows)).map(
        (row): LockedOrder => ({ ...row, correlationId: row.correlationId ?? undefined })
      )
    })

    const moveTo = Effect.fnUntraced(function* (orders: ReadonlyArray<OrderKey>, status: "CONFIRMED" | "CANCELLED") {
      if (orders.length === 0) return
      const since = sql(status === "CONFIRMED" ? "confirmed_at" : "cancelled_at")
      yield* sql`
        UPDATE sales_orders SET status = ${status}, updated_at = now(), ${since} = now()
        FROM ${keysOf(orders)}
        WHERE sales_orders.organization_id = vector.organization_id AND sales_orders.order_id = vector.order_id`
    })

    return SalesOrderRepository.of({
      insert: (orders) => Effect.orDie(insert(orders)),
      lock: (orders) => Effect.orDie(lock(orders)),
      moveTo: (orders, status) => Effect.orDie(moveTo(orders, status))
    })
  })
)

const keysOf = (orders: ReadonlyArray<OrderKey>) =>
  batch("vector", {
    organization_id: uuids(orders.map((order) => order.organizationId)),
    order_id: uuids(orders.map((order) => order.orderId))
  })

const adjustmentRow = ({ amountMinor, description, kind }: CreateSalesOrder["adjustments"][number]) => ({
  kind,
  amount_minor: amountMinor,
  ...(description === undefined ? {} : { description })
})

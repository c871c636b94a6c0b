import type { PgClient } from "@effect/sql-pg"
import { batch, bigints, ints, jsons, texts, uuids } from "@valerix/database"
import { OrderId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { NewEntry } from "../../application/ports/OrderLedger.ts"

/** An entry with the id that its order gets if its key is new. */
export interface Proposed {
  readonly entry: NewEntry
  readonly orderId: OrderId
}

const decodeInserted = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ order_id: OrderId, created_at: Schema.Date }))
)

/** Inserts the entries whose keys are new, in key order; gives when each of these was written. */
export const insertEntries = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  proposed: ReadonlyArray<Proposed>,
  sagaVersion: number
) {
  const rows = yield* decodeInserted(
    yield* sql`
      INSERT INTO order_ledger (organization_id, order_id, principal, client_request_id, request_hash, customer_id,
        email, currency, total_minor, adjustments, shipping_address, payment_method, external_reference, metadata,
        correlation_id, saga_version)
      SELECT organization_id, order_id, principal, client_request_id, decode(request_hash, 'hex'), customer_id,
        email, currency, total_minor, adjustments, shipping_address, payment_method, external_reference, metadata,
        correlation_id, ${sagaVersion}::smallint
      FROM ${batch("entry", columnsOf(proposed))}
      ORDER BY organization_id, principal, client_request_id, position
      ON CONFLICT (organization_id, principal, client_request_id) DO NOTHING
      RETURNING order_id, created_at`
  )
  return new Map(rows.map((row) => [row.order_id, row.created_at]))
})

/** Inserts the lines of entries. */
export const insertLines = (sql: PgClient.PgClient, inserted: ReadonlyArray<Proposed>) => {
  const lines = inserted.flatMap(({ entry, orderId }) =>
    entry.order.lines.map((line, index) => ({ ...line, lineNumber: index + 1, orderId, entry }))
  )
  return sql`
    INSERT INTO order_ledger_items (organization_id, order_id, line_number, product_id, sku, quantity, unit_price_minor)
    SELECT organization_id, order_id, line_number, product_id, sku, quantity, unit_price_minor
    FROM ${batch("line", {
      organization_id: uuids(lines.map(({ entry }) => entry.tenant.organizationId)),
      order_id: uuids(lines.map((line) => line.orderId)),
      line_number: ints(lines.map((line) => line.lineNumber)),
      product_id: uuids(lines.map((line) => line.productId)),
      sku: texts(lines.map((line) => line.sku)),
      quantity: ints(lines.map((line) => line.quantity)),
      unit_price_minor: bigints(lines.map((line) => line.unitPriceMinor))
    })}`
}

const columnsOf = (proposed: ReadonlyArray<Proposed>) => {
  const requests = proposed.map(({ entry }) => entry.order.request)
  return {
    organization_id: uuids(proposed.map(({ entry }) => entry.tenant.organizationId)),
    order_id: uuids(proposed.map(({ orderId }) => orderId)),
    principal: texts(proposed.map(({ entry }) => entry.tenant.principal)),
    client_request_id: texts(proposed.map(({ entry }) => entry.idempotencyKey)),
    request_hash: texts(proposed.map(({ entry }) => entry.requestHash)),
    customer_id: uuids(requests.map((request) => request.customerId)),
    email: texts(requests.map((request) => request.email ?? null)),
    currency: texts(proposed.map(({ entry }) => entry.order.currency)),
    total_minor: bigints(proposed.map(({ entry }) => entry.order.totalMinor)),
    adjustments: jsons(
      requests.map((request) =>
        request.adjustments.map(({ kind, amount, description }) => ({
          kind,
          amount_minor: amount.amountMinor,
          description: description ?? null
        }))
      )
    ),
    shipping_address: jsons(requests.map((request) => request.shippingAddress ?? null)),
    payment_method: texts(requests.map((request) => request.payment.method)),
    external_reference: texts(requests.map((request) => request.externalReference ?? null)),
    metadata: jsons(requests.map((request) => request.metadata ?? null)),
    correlation_id: texts(proposed.map(({ entry }) => entry.correlationId ?? null))
  }
}

import { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { ProviderStatement } from "../src/application/ports/ProviderStatement.ts"
import type { PaymentKey } from "../src/domain/Payment.ts"
import { ProviderBooks } from "./TestPayments.ts"

/** What our database says of a payment: its status, amounts, and the state of each operation. */
export const recorded = Effect.fnUntraced(function* ({ generation, orderId, organizationId }: PaymentKey) {
  const { sql } = yield* OwnerDatabase
  const [payment] = yield* sql<{ status: string; authorized: number; captured: number; refunded: number }>`
    SELECT status, authorized_minor AS authorized, captured_minor AS captured, refunded_minor AS refunded FROM payments
    WHERE organization_id = ${organizationId} AND order_id = ${orderId} AND generation = ${generation}`
  const operations = yield* sql<{ operation: string }>`
    SELECT kind || ' ' || state || coalesce(' ' || code, '') AS operation FROM payment_operations
    WHERE organization_id = ${organizationId} AND order_id = ${orderId} AND generation = ${generation}
    ORDER BY kind`
  return payment === undefined ? undefined : { ...payment, operations: operations.map(({ operation }) => operation) }
})

export const statusOf = (key: PaymentKey) => Effect.map(recorded(key), (payment) => payment?.status)

/** What the provider did for an order, by its own books. */
export const providerKinds = ({ orderId, organizationId }: PaymentKey) =>
  Effect.flatMap(ProviderStatement, ({ ofOrders }) => ofOrders(organizationId, [orderId])).pipe(
    Effect.map((effects) => effects.map(({ kind }) => kind).toSorted())
  )

export const eventTypes = Effect.fnUntraced(function* ({ organizationId, orderId }: PaymentKey) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* sql<{ event_type: string }>`
    SELECT event_type FROM outbox
    WHERE organization_id = ${organizationId} AND payload ->> 'order_id' = ${orderId} ORDER BY sequence`
  return rows.map(({ event_type }) => event_type)
})

export const keptTokens = Effect.flatMap(OwnerDatabase, ({ sql }) =>
  Effect.map(sql`SELECT token FROM payment_operations WHERE token IS NOT NULL`, (rows) => rows.length)
)

export const authorizationIdOf = Effect.fnUntraced(function* ({ generation, orderId, organizationId }: PaymentKey) {
  const { sql } = yield* OwnerDatabase
  const [row] = yield* sql<{ authorization_id: string | null }>`
    SELECT authorization_id FROM payments
    WHERE organization_id = ${organizationId} AND order_id = ${orderId} AND generation = ${generation}`
  return row?.authorization_id ?? "none"
})

/** Lets the authorizations of an order run out at the provider. */
export const expireAtProvider = Effect.fnUntraced(function* ({ orderId, organizationId }: PaymentKey) {
  const { sql } = yield* ProviderBooks
  yield* sql`
    UPDATE authorizations SET expires_at = now() - interval '1 second'
    WHERE organization_id = ${organizationId} AND order_reference = ${orderId}`
})

import type { PgClient } from "@effect/sql-pg"
import { batch, texts, uuids } from "@valerix/database"
import { Currency, CustomerId, MinorUnits, OrderId } from "@valerix/money-and-ids"
import type { Tenant } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import type { Recalled } from "../../application/ports/OrderLedger.ts"

/** A request by what the ledger recognizes it by. */
export interface RequestKey {
  readonly tenant: Tenant
  readonly idempotencyKey: string
  readonly requestHash: string
}

const ExistingEntry = Schema.Struct({
  position: Schema.Int,
  order_id: OrderId,
  is_same_request: Schema.Boolean,
  is_awaiting: Schema.Boolean,
  is_leased: Schema.Boolean,
  generation: Schema.Int,
  customer_id: CustomerId,
  currency: Currency,
  total_minor: MinorUnits,
  correlation_id: Schema.NullOr(Schema.String),
  created_at: Schema.Date
})
export type ExistingEntry = typeof ExistingEntry.Type
const decodeEntries = Schema.decodeUnknownEffect(Schema.Array(ExistingEntry))

/** The entries that hold these keys already, where there are any; `position` counts the requests from 1. */
export const selectExisting = (sql: PgClient.PgClient, requests: ReadonlyArray<RequestKey>) =>
  Effect.flatMap(
    sql`
      SELECT wanted.position, ledger.order_id, ledger.request_hash = decode(wanted.request_hash, 'hex') AS is_same_request,
        ledger.status = 'AWAITING_AUTHORIZATION' AS is_awaiting,
        NOT ledger.abandoned AND EXISTS (
          SELECT FROM edge_leases AS lease
          WHERE lease.organization_id = ledger.organization_id AND lease.order_id = ledger.order_id
            AND lease.generation = ledger.generation AND lease.leased_until > now()) AS is_leased,
        ledger.generation, ledger.customer_id, ledger.currency, ledger.total_minor, ledger.correlation_id, ledger.created_at
      FROM ${keysOf(requests)} JOIN order_ledger AS ledger USING (organization_id, principal, client_request_id)`,
    decodeEntries
  )

/**
 * Locks those of the entries that may be taken up again, in key order. An entry past its authorization does not come
 * back to it, so it is left alone: its replay must not wait for its saga.
 */
export const lockAwaiting = (sql: PgClient.PgClient, requests: ReadonlyArray<RequestKey>) => sql`
  SELECT FROM ${keysOf(requests)} JOIN order_ledger AS ledger USING (organization_id, principal, client_request_id)
  WHERE ledger.status = 'AWAITING_AUTHORIZATION'
  ORDER BY ledger.organization_id, ledger.order_id FOR UPDATE OF ledger`

/** What a request is answered that must not begin anything; none if the same request may take the entry up again. */
export const recalledBy = (entry: ExistingEntry): Recalled | undefined => {
  if (!entry.is_same_request) return { _tag: "KeyReused" }
  if (!entry.is_awaiting) return { _tag: "Known", orderId: entry.order_id }
  return entry.is_leased ? { _tag: "InProgress", orderId: entry.order_id } : undefined
}

const keysOf = (requests: ReadonlyArray<RequestKey>) =>
  batch("wanted", {
    organization_id: uuids(requests.map(({ tenant }) => tenant.organizationId)),
    principal: texts(requests.map(({ tenant }) => tenant.principal)),
    client_request_id: texts(requests.map(({ idempotencyKey }) => idempotencyKey)),
    request_hash: texts(requests.map(({ requestHash }) => requestHash))
  })

import { batch, bigints, ints, jsons, type TenantDatabase, texts, uuids } from "@valerix/database"
import { Currency, CustomerId, MinorUnits, makeOrderId, OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Begun, NewEntry } from "../../application/ports/OrderLedger.ts"
import type { PricedLine } from "../../domain/PricedOrder.ts"
import { selectLines } from "./LedgerLines.ts"

const Existing = Schema.Struct({
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
const decodeExisting = Schema.decodeUnknownEffect(Schema.Array(Existing))
const decodeInserted = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ order_id: OrderId, created_at: Schema.Date }))
)

/**
 * Writes new entries and takes up abandoned ones. A new order, and one that is taken up, executes as `sagaVersion`, the
 * version that orders begin with now.
 */
export const beginEntries =
  (database: TenantDatabase["Service"], sagaVersion: number) =>
  (entries: ReadonlyArray<NewEntry>, leaseMs: number): Effect.Effect<ReadonlyArray<Begun>> => {
    const { sql } = database
    const proposed = entries.map((entry) => ({ entry, orderId: makeOrderId() }))

    const insertEntries = Effect.flatMap(
      sql`
        INSERT INTO order_ledger (organization_id, order_id, principal, client_request_id, request_hash, customer_id,
          email, currency, total_minor, adjustments, shipping_address, payment_method, external_reference, metadata,
          correlation_id, saga_version)
        SELECT organization_id, order_id, principal, client_request_id, decode(request_hash, 'hex'), customer_id,
          email, currency, total_minor, adjustments, shipping_address, payment_method, external_reference, metadata,
          correlation_id, ${sagaVersion}::smallint
        FROM ${batch("entry", entryColumns(proposed))}
        ORDER BY organization_id, principal, client_request_id, position
        ON CONFLICT (organization_id, principal, client_request_id) DO NOTHING
        RETURNING order_id, created_at`,
      decodeInserted
    )

    const insertItems = (inserted: ReadonlyArray<Proposed>) => {
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

    /**
     * The rows that hold the keys already, as they are after the lock. Only those that could be taken up are locked, in
     * key order: an order past its authorization does not come back to it, and its replay must not wait for its saga.
     */
    const readExisting = Effect.fnUntraced(function* (refused: ReadonlyArray<Proposed>) {
      const keys = batch("wanted", {
        organization_id: uuids(refused.map(({ entry }) => entry.tenant.organizationId)),
        principal: texts(refused.map(({ entry }) => entry.tenant.principal)),
        client_request_id: texts(refused.map(({ entry }) => entry.idempotencyKey)),
        request_hash: texts(refused.map(({ entry }) => entry.requestHash))
      })
      yield* sql`
        SELECT FROM ${keys} JOIN order_ledger AS ledger USING (organization_id, principal, client_request_id)
        WHERE ledger.status = 'AWAITING_AUTHORIZATION'
        ORDER BY ledger.organization_id, ledger.order_id FOR UPDATE OF ledger`
      const rows = yield* sql`
        SELECT wanted.position, ledger.order_id, ledger.request_hash = decode(wanted.request_hash, 'hex') AS is_same_request,
          ledger.status = 'AWAITING_AUTHORIZATION' AS is_awaiting,
          NOT ledger.abandoned AND EXISTS (
            SELECT FROM edge_leases AS lease
            WHERE lease.organization_id = ledger.organization_id AND lease.order_id = ledger.order_id
              AND lease.generation = ledger.generation AND lease.leased_until > now()) AS is_leased,
          ledger.generation, ledger.customer_id, ledger.currency, ledger.total_minor, ledger.correlation_id, ledger.created_at
        FROM ${keys} JOIN order_ledger AS ledger USING (organization_id, principal, client_request_id)`
      return yield* decodeExisting(rows)
    })

    const takeUpAgain = (again: ReadonlyArray<OrderKey>) => sql`
      UPDATE order_ledger AS ledger
      SET generation = ledger.generation + 1, abandoned = false, saga_version = ${sagaVersion}::smallint, updated_at = now()
      FROM ${batch("again", {
        organization_id: uuids(again.map((row) => row.organizationId)),
        order_id: uuids(again.map((row) => row.orderId))
      })}
      WHERE ledger.organization_id = again.organization_id AND ledger.order_id = again.order_id`

    const lease = (begun: ReadonlyArray<Extract<Begun, { _tag: "Begun" }>>) => sql`
      INSERT INTO edge_leases (organization_id, order_id, generation, leased_until)
      SELECT organization_id, order_id, generation, now() + ${leaseMs} * interval '1 ms'
      FROM ${batch("begun", {
        organization_id: uuids(begun.map(({ authorization }) => authorization.organizationId)),
        order_id: uuids(begun.map(({ authorization }) => authorization.orderId)),
        generation: ints(begun.map(({ authorization }) => authorization.generation))
      })}
      ORDER BY organization_id, order_id, generation`

    return database
      .transaction(entries.map((entry) => entry.tenant.organizationId))(
        Effect.gen(function* () {
          const createdAt = new Map((yield* insertEntries).map((row) => [row.order_id, row.created_at]))
          const results = new Map<Proposed, Begun>()
          for (const proposal of proposed) {
            const at = createdAt.get(proposal.orderId)
            if (at !== undefined) results.set(proposal, begunAnew(proposal, at))
          }
          const inserted = proposed.filter((proposal) => results.has(proposal))
          const refused = proposed.filter((proposal) => !results.has(proposal))
          if (inserted.length > 0) yield* insertItems(inserted)
          const existing = refused.length === 0 ? [] : yield* readExisting(refused)
          const again = existing.flatMap((row) => {
            const proposal = refused[row.position - 1]
            return proposal !== undefined && mayBeTakenUp(row)
              ? [{ organizationId: proposal.entry.tenant.organizationId, orderId: row.order_id }]
              : []
          })
          if (again.length > 0) yield* takeUpAgain(again)
          const lines =
            again.length === 0 ? new Map<OrderId, ReadonlyArray<PricedLine>>() : yield* selectLines(sql, again)
          for (const row of existing) {
            const proposal = refused[row.position - 1]
            if (proposal !== undefined)
              results.set(proposal, existingResult(proposal, row, lines.get(row.order_id) ?? []))
          }
          const begun = [...results.values()].filter((result) => result._tag === "Begun")
          if (begun.length > 0) yield* lease(begun)
          return yield* Effect.forEach(proposed, (proposal) => {
            const result = results.get(proposal)
            return result === undefined
              ? Effect.die(new Error("an entry was neither written nor found"))
              : Effect.succeed(result)
          })
        })
      )
      .pipe(Effect.orDie)
  }

interface Proposed {
  readonly entry: NewEntry
  readonly orderId: OrderId
}

interface OrderKey {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
}

const begunAnew = ({ entry, orderId }: Proposed, createdAt: Date): Begun => ({
  _tag: "Begun",
  authorization: {
    organizationId: entry.tenant.organizationId,
    orderId,
    generation: 1,
    correlationId: entry.correlationId
  },
  totalMinor: entry.order.totalMinor,
  currency: entry.order.currency,
  lines: entry.order.lines,
  customerId: entry.order.request.customerId,
  createdAt
})

const mayBeTakenUp = (row: typeof Existing.Type): boolean => row.is_same_request && row.is_awaiting && !row.is_leased

const existingResult = ({ entry }: Proposed, row: typeof Existing.Type, lines: ReadonlyArray<PricedLine>): Begun => {
  if (!row.is_same_request) return { _tag: "KeyReused" }
  if (!row.is_awaiting) return { _tag: "Known", orderId: row.order_id }
  if (row.is_leased) return { _tag: "InProgress", orderId: row.order_id }
  return {
    _tag: "Begun",
    authorization: {
      organizationId: entry.tenant.organizationId,
      orderId: row.order_id,
      generation: row.generation + 1,
      correlationId: row.correlation_id ?? undefined
    },
    totalMinor: row.total_minor,
    currency: row.currency,
    lines,
    customerId: row.customer_id,
    createdAt: row.created_at
  }
}

const entryColumns = (proposed: ReadonlyArray<Proposed>) => {
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

import { type TenantDatabase, texts } from "@valerix/database"
import { Currency, CustomerId, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { SagaFailureJson, type SagaKey } from "@valerix/saga"
import { Effect, Option, Schema } from "effect"
import type { Statement } from "effect/sql"
import type { LedgerEntry, OrderLedger, TimelineEntry } from "../../application/ports/OrderLedger.ts"
import { INTERVENTION_OUTCOMES } from "../../domain/Intervention.ts"
import { type LedgerState, LedgerStatus } from "../../domain/LedgerStatus.ts"
import type { PricedLine } from "../../domain/PricedOrder.ts"
import { selectLines } from "./LedgerLines.ts"
import { orderKeys } from "./OrderKeys.ts"

/** The latest ones: of an order that is retried for weeks they say what it is at, and what somebody has done about it. */
const TIMELINE_MAX = 10_000

const EntryRow = Schema.Struct({
  organization_id: OrganizationId,
  order_id: OrderId,
  client_request_id: Schema.String,
  customer_id: CustomerId,
  email: Schema.NullOr(Schema.String),
  currency: Currency,
  total_minor: MinorUnits,
  adjustments: Schema.Array(
    Schema.Struct({
      kind: Schema.Literals(["SHIPPING", "TAX", "DISCOUNT", "FEE"]),
      amount_minor: MinorUnits,
      description: Schema.NullOr(Schema.String)
    })
  ),
  shipping_address: Schema.Unknown,
  payment_method: Schema.String,
  external_reference: Schema.NullOr(Schema.String),
  metadata: Schema.Unknown,
  correlation_id: Schema.NullOr(Schema.String),
  status: LedgerStatus,
  generation: Schema.Int,
  abandoned: Schema.Boolean,
  payment_authorization_id: Schema.NullOr(Schema.String),
  retry_count: Schema.Int,
  next_retry_at: Schema.NullOr(Schema.Date),
  cancel_requested_at: Schema.NullOr(Schema.Date),
  failure: Schema.NullOr(SagaFailureJson),
  park_reason: Schema.NullOr(Schema.String),
  created_at: Schema.Date,
  updated_at: Schema.Date
})
const decodeEntries = Schema.decodeUnknownEffect(Schema.Array(EntryRow))

const decodeTimeline = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      step: Schema.String,
      attempt: Schema.Int,
      outcome: Schema.Literals(["DONE", "REJECTED", "UNAVAILABLE", "NOT_SENT", "CANCELLED", ...INTERVENTION_OUTCOMES]),
      detail: Schema.NullOr(Schema.String),
      duration_ms: Schema.Int,
      epoch: Schema.Int,
      principal: Schema.NullOr(Schema.String),
      recorded_at: Schema.Date
    })
  )
)
const decodeStatuses = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ order_id: OrderId, status: LedgerStatus }))
)

/** The ledger's queries. */
export const readLedger = (database: TenantDatabase["Service"]) => {
  const { sql } = database
  const entryColumns = sql.literal(
    Object.keys(EntryRow.fields)
      .map((column) => `ledger.${column}`)
      .join(", ")
  )

  const withLines = Effect.fnUntraced(function* (rows: ReadonlyArray<typeof EntryRow.Type>) {
    if (rows.length === 0) return []
    const lines = yield* selectLines(
      sql,
      rows.map((row) => ({ organizationId: row.organization_id, orderId: row.order_id }))
    )
    return rows.map((row) => entryOf(row, lines.get(row.order_id) ?? []))
  })

  const load = (sagas: ReadonlyArray<SagaKey>): Effect.Effect<ReadonlyArray<LedgerEntry | undefined>> =>
    database
      .transaction(sagas.map((saga) => saga.organizationId))(
        Effect.gen(function* () {
          const rows = yield* decodeEntries(
            yield* sql`
            SELECT ${entryColumns} FROM ${keysOf(sagas)}
            JOIN order_ledger AS ledger USING (organization_id, order_id)`
          )
          return yield* withLines(rows)
        })
      )
      .pipe(
        Effect.orDie,
        Effect.map((entries) => {
          const byId = new Map<string, LedgerEntry>(entries.map((entry) => [entry.orderId, entry]))
          return sagas.map(({ organizationId, sagaId }) => {
            const entry = byId.get(sagaId)
            return entry?.organizationId === organizationId ? entry : undefined
          })
        })
      )

  const find = (organizationId: OrganizationId, orderId: OrderId): Effect.Effect<Option.Option<LedgerEntry>> =>
    Effect.map(load([{ organizationId, sagaId: orderId }]), ([entry]) => Option.fromUndefinedOr(entry))

  const select = (
    organizationId: OrganizationId,
    conditions: ReadonlyArray<Statement.Fragment>,
    direction: "ASC" | "DESC",
    limit: number
  ): Effect.Effect<ReadonlyArray<LedgerEntry>> =>
    database
      .transaction([organizationId])(
        Effect.gen(function* () {
          const rows = yield* decodeEntries(
            yield* sql`
            SELECT ${entryColumns} FROM order_ledger AS ledger
            WHERE ${sql.and([sql`organization_id = ${organizationId}::uuid`, ...conditions])}
            ORDER BY order_id ${sql.literal(direction)} LIMIT ${limit}::int`
          )
          return yield* withLines(rows)
        })
      )
      .pipe(Effect.orDie)

  const list: OrderLedger["Service"]["list"] = (organizationId, { beforeOrderId: before, customerId, limit, states }) =>
    select(
      organizationId,
      [
        ...(before === undefined ? [] : [sql`order_id < ${before}::uuid`]),
        ...(customerId === undefined ? [] : [sql`customer_id = ${customerId}::uuid`]),
        ...(states === undefined ? [] : [statesCondition(sql, states)])
      ],
      "DESC",
      limit
    )

  const walk: OrderLedger["Service"]["walk"] = (organizationId, { afterOrderId: after, limit }) =>
    select(organizationId, after === undefined ? [] : [sql`order_id > ${after}::uuid`], "ASC", limit)

  const timeline = (organizationId: OrganizationId, orderId: OrderId): Effect.Effect<ReadonlyArray<TimelineEntry>> =>
    database
      .transaction([organizationId])(
        Effect.flatMap(
          sql`
            SELECT step, attempt, outcome, detail, duration_ms, epoch, principal, recorded_at FROM (
              SELECT * FROM order_timeline
              WHERE organization_id = ${organizationId}::uuid AND order_id = ${orderId}::uuid
              ORDER BY entry DESC LIMIT ${TIMELINE_MAX}::int) AS latest
            ORDER BY entry`,
          decodeTimeline
        )
      )
      .pipe(
        Effect.orDie,
        Effect.map((rows) =>
          rows.map((row) => ({
            step: row.step,
            attempt: row.attempt,
            outcome: row.outcome,
            detail: row.detail ?? undefined,
            durationMs: row.duration_ms,
            epoch: row.epoch,
            principal: row.principal ?? undefined,
            recordedAt: row.recorded_at
          }))
        )
      )

  const statuses = (sagas: ReadonlyArray<SagaKey>): Effect.Effect<ReadonlyMap<string, LedgerStatus>> =>
    database
      .transaction(sagas.map((saga) => saga.organizationId))(
        Effect.flatMap(
          sql`SELECT order_id, status FROM ${keysOf(sagas)} JOIN order_ledger USING (organization_id, order_id)`,
          decodeStatuses
        )
      )
      .pipe(
        Effect.orDie,
        Effect.map((rows) => new Map<string, LedgerStatus>(rows.map((row) => [row.order_id, row.status])))
      )

  return { load, find, list, walk, timeline, statuses }
}

/**
 * Orders in any of these states. Conditions on the row alone, so that a scan of the primary key may stop when it has
 * enough; those on next_retry_at are for the index that holds the few orders which wait for their next attempt.
 */
const statesCondition = (sql: TenantDatabase["Service"]["sql"], states: ReadonlyArray<LedgerState>) => {
  const statuses = (isBeingRetried: boolean) =>
    states.filter((state) => state.isBeingRetried === isBeingRetried).map(({ status }) => status)
  const [moving, retried] = [statuses(false), statuses(true)]
  const either = moving.filter((status) => retried.includes(status))
  const isAmong = (some: ReadonlyArray<LedgerStatus>) => sql`status = ANY (${texts(some).values}::text[])`
  const clauses = [
    ...(either.length === 0 ? [] : [isAmong(either)]),
    ...(moving.length === either.length ? [] : [sql`${isAmong(moving)} AND next_retry_at IS NULL`]),
    ...(retried.length === either.length ? [] : [sql`${isAmong(retried)} AND next_retry_at IS NOT NULL`])
  ]
  return clauses.length === 0 ? sql`false` : sql.or(clauses)
}

const keysOf = (sagas: ReadonlyArray<SagaKey>) =>
  orderKeys(
    "wanted",
    sagas.map(({ organizationId, sagaId: orderId }) => ({ organizationId, orderId }))
  )

const entryOf = (row: typeof EntryRow.Type, lines: ReadonlyArray<PricedLine>): LedgerEntry => ({
  organizationId: row.organization_id,
  orderId: row.order_id,
  clientRequestId: row.client_request_id,
  customerId: row.customer_id,
  email: row.email ?? undefined,
  currency: row.currency,
  totalMinor: row.total_minor,
  lines,
  adjustments: row.adjustments.map(({ kind, amount_minor, description }) => ({
    kind,
    amountMinor: amount_minor,
    description: description ?? undefined
  })),
  shippingAddress: row.shipping_address ?? undefined,
  paymentMethod: row.payment_method,
  externalReference: row.external_reference ?? undefined,
  metadata: row.metadata ?? undefined,
  correlationId: row.correlation_id ?? undefined,
  status: row.status,
  generation: row.generation,
  isAbandoned: row.abandoned,
  paymentAuthorizationId: row.payment_authorization_id ?? undefined,
  retryCount: row.retry_count,
  nextRetryAt: row.next_retry_at ?? undefined,
  cancelRequestedAt: row.cancel_requested_at ?? undefined,
  failure: row.failure ?? undefined,
  parkReason: row.park_reason ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at
})

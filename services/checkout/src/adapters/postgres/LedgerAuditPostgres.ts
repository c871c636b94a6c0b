import { batch, checkIsolation, firstRowOf, ints, rowsOf, TenantDatabase, texts, uuids } from "@valerix/database"
import { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import type { Statement } from "effect/sql"
import { type AuditedOrder, LedgerAudit } from "../../application/ports/LedgerAudit.ts"
import { LedgerStatus } from "../../domain/LedgerStatus.ts"
import { checkEntries } from "./audit/CheckEntries.ts"
import { checkLeases, checkQueue } from "./audit/CheckQueues.ts"
import { checkLines, checkTimeline } from "./audit/CheckStrays.ts"
import { QUEUES } from "./Queues.ts"

const NO_ID = "00000000-0000-0000-0000-000000000000"
const ORGANIZATIONS_MAX = 1_000

const OrderRow = Schema.Struct({
  order_id: OrderId,
  status: LedgerStatus,
  generation: Schema.Int,
  total_minor: MinorUnits,
  currency: Currency,
  quantity: Schema.Int,
  epoch: Schema.Int,
  retry_count: Schema.Int,
  is_abandoned: Schema.Boolean,
  is_parked: Schema.Boolean,
  is_queued: Schema.Boolean,
  is_leased: Schema.Boolean,
  is_being_swept: Schema.Boolean,
  stood_still_ms: Schema.Number
})
const ordersOf = rowsOf(OrderRow)
const idsOf = rowsOf(Schema.Struct({ order_id: OrderId }))
const lookedAt = firstRowOf(Schema.Struct({ count: Schema.Int, last: Schema.NullOr(OrderId) }))
const organizationsOf = rowsOf(Schema.Struct({ organization_id: OrganizationId }))

export const LedgerAuditPostgres = Layer.effect(
  LedgerAudit,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database

    /**
     * Orders after a given one as verifying sees them; call it inside a transaction that names the organization. The times
     * are subtracted as numbers: to subtract infinite ones is an error before PostgreSQL 17.
     */
    const audited = (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number,
      which: Statement.Fragment
    ) =>
      Effect.map(
        ordersOf(sql`
          SELECT ledger.order_id, ledger.status, ledger.generation, ledger.total_minor, ledger.currency, ledger.epoch,
            ledger.retry_count,
            (SELECT coalesce(sum(item.quantity), 0)::bigint FROM order_ledger_items AS item
              WHERE item.organization_id = ledger.organization_id AND item.order_id = ledger.order_id) AS quantity,
            ledger.status = 'AWAITING_AUTHORIZATION' AND ledger.abandoned AS is_abandoned,
            coalesce(queue.visible_at = 'infinity', false) AS is_parked,
            queue.order_id IS NOT NULL AS is_queued,
            coalesce(leased.is_present, false) AS is_leased,
            leased.is_present IS NOT NULL AS is_being_swept,
            (extract(epoch FROM now()) - extract(epoch FROM ledger.updated_at))::float8 * 1000 AS stood_still_ms
          FROM order_ledger AS ledger
          LEFT JOIN saga_queue AS queue ON queue.organization_id = ledger.organization_id AND queue.order_id = ledger.order_id
          CROSS JOIN LATERAL (SELECT bool_or(lease.generation = ledger.generation) AS is_present FROM edge_leases AS lease
            WHERE lease.organization_id = ledger.organization_id AND lease.order_id = ledger.order_id) AS leased
          WHERE ledger.organization_id = ${organizationId}::uuid AND ledger.order_id > ${after ?? NO_ID}::uuid AND ${which}
          ORDER BY ledger.order_id LIMIT ${limit}::int`),
        (rows) => rows.map(auditedOrder)
      )

    const orders: LedgerAudit["Service"]["orders"] = (organizationId, after, limit) =>
      database.transaction([organizationId])(audited(organizationId, after, limit, sql`true`))

    const order: LedgerAudit["Service"]["order"] = (organizationId, orderId) =>
      database
        .transaction([organizationId])(audited(organizationId, undefined, 1, sql`ledger.order_id = ${orderId}::uuid`))
        .pipe(Effect.map(([found]) => found))

    /** Its lines are summed up of the unfinished ones only, which are few. */
    const unfinished: LedgerAudit["Service"]["unfinished"] = (organizationId, after, limit) =>
      database.transaction([organizationId])(
        Effect.gen(function* () {
          const looked = yield* lookedAt(sql`
            SELECT count(*)::int AS count, (array_agg(order_id ORDER BY order_id DESC))[1] AS last FROM (
              SELECT order_id FROM order_ledger
              WHERE organization_id = ${organizationId}::uuid AND order_id > ${after ?? NO_ID}::uuid
              ORDER BY order_id LIMIT ${limit}::int) AS looked`)
          const { count = 0, last } = looked ?? {}
          if (last === null || last === undefined) return { orders: [], lookedAt: 0, next: undefined }
          const within = sql`ledger.order_id <= ${last}::uuid`
          const isUnfinished = sql`ledger.status NOT IN ('COMPLETED', 'FAILED', 'AUTHORIZATION_FAILED')`
          const found = yield* audited(organizationId, after, limit, sql`${within} AND ${isUnfinished}`)
          return { orders: found, lookedAt: count, next: count < limit ? undefined : last }
        })
      )

    const unmoved: LedgerAudit["Service"]["unmoved"] = (organizationId, seen) =>
      database
        .transaction([organizationId])(
          idsOf(sql`
            SELECT seen.order_id
            FROM ${batch("seen", {
              order_id: uuids(seen.map((order) => order.orderId)),
              status: texts(seen.map((order) => order.status)),
              generation: ints(seen.map((order) => order.generation)),
              epoch: ints(seen.map((order) => order.epoch)),
              retry_count: ints(seen.map((order) => order.retryCount))
            })}
            CROSS JOIN LATERAL (
              SELECT * FROM order_ledger
              WHERE organization_id = ${organizationId}::uuid AND order_ledger.order_id = seen.order_id OFFSET 0
            ) AS ledger
            WHERE ledger.status = seen.status AND ledger.generation = seen.generation AND ledger.epoch = seen.epoch
              AND ledger.retry_count = seen.retry_count`)
        )
        .pipe(Effect.map((rows) => new Set(rows.map((row) => row.order_id))))

    const unknown: LedgerAudit["Service"]["unknown"] = (organizationId, orderIds, code) =>
      database
        .transaction([organizationId])(
          idsOf(sql`
            SELECT wanted.order_id
            FROM ${batch("wanted", { order_id: uuids(orderIds) })}
            LEFT JOIN LATERAL (
              SELECT order_id FROM order_ledger
              WHERE organization_id = ${organizationId}::uuid AND order_ledger.order_id = wanted.order_id OFFSET 0
            ) AS ledger ON true
            WHERE ledger.order_id IS NULL AND NOT EXISTS (SELECT FROM repairs
              WHERE repairs.organization_id = ${organizationId}::uuid AND repairs.subject = wanted.order_id::text
                AND repairs.code = ${code} AND repairs.outcome = 'MENDED')
            ORDER BY wanted.position`)
        )
        .pipe(Effect.map((rows) => rows.map((row) => row.order_id)))

    /** Those with orders, and those of which only the queues know; each step is one descent of a key. */
    const organizations: LedgerAudit["Service"]["organizations"] = (after) =>
      database
        .withoutTenant(
          organizationsOf(sql`
            WITH RECURSIVE queued AS (
              SELECT ${after ?? NO_ID}::uuid AS organization_id, 0 AS step
              UNION ALL
              SELECT (SELECT least(
                (SELECT organization_id FROM saga_queue
                  WHERE organization_id > queued.organization_id ORDER BY organization_id LIMIT 1),
                (SELECT organization_id FROM edge_leases
                  WHERE organization_id > queued.organization_id ORDER BY organization_id LIMIT 1))), step + 1
              FROM queued WHERE organization_id IS NOT NULL AND step < ${ORGANIZATIONS_MAX}::int
            )
            SELECT organization_id FROM queued WHERE organization_id IS NOT NULL AND step > 0
            UNION
            SELECT organization_id
            FROM organizations_present(${after ?? NO_ID}::uuid, ${ORGANIZATIONS_MAX}::int) AS present(organization_id)
            ORDER BY organization_id LIMIT ${ORGANIZATIONS_MAX}::int`)
        )
        .pipe(Effect.map((rows) => rows.map((row) => row.organization_id)))

    return LedgerAudit.of({
      checks: [
        checkIsolation(database, QUEUES),
        checkEntries(database),
        checkLines(database),
        checkTimeline(database),
        checkQueue(database),
        checkLeases(database)
      ],
      organizations,
      order,
      orders,
      unfinished,
      unmoved,
      unknown
    })
  })
)

const auditedOrder = (row: typeof OrderRow.Type): AuditedOrder => ({
  orderId: row.order_id,
  status: row.status,
  generation: row.generation,
  totalMinor: row.total_minor,
  currency: row.currency,
  quantity: row.quantity,
  epoch: row.epoch,
  retryCount: row.retry_count,
  isAbandoned: row.is_abandoned,
  isParked: row.is_parked,
  isQueued: row.is_queued,
  isLeased: row.is_leased,
  isBeingSwept: row.is_being_swept,
  stoodStillMs: row.stood_still_ms
})

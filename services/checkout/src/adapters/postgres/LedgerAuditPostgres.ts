import { batch, ints, TenantDatabase, texts, uuids } from "@valerix/database"
import { MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import type { Statement } from "effect/sql"
import { type AuditedOrder, LedgerAudit } from "../../application/ports/LedgerAudit.ts"
import type { Finding } from "../../domain/Finding.ts"
import { LedgerStatus } from "../../domain/LedgerStatus.ts"

const NO_ID = "00000000-0000-0000-0000-000000000000"
const FINDINGS_PER_CHECK_MAX = 250

const decodeOrders = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      order_id: OrderId,
      status: LedgerStatus,
      generation: Schema.Int,
      total_minor: MinorUnits,
      quantity: Schema.Int,
      epoch: Schema.Int,
      retry_count: Schema.Int,
      is_abandoned: Schema.Boolean,
      is_parked: Schema.Boolean,
      is_queued: Schema.Boolean,
      is_being_swept: Schema.Boolean,
      stood_still_ms: Schema.Number
    })
  )
)
const decodeIds = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ order_id: OrderId })))
const decodeOrganizations = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ organization_id: OrganizationId })))
const decodeFindings = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organization_id: OrganizationId, subject: Schema.String, message: Schema.String }))
)

export const LedgerAuditPostgres = Layer.effect(
  LedgerAudit,
  Effect.gen(function* () {
    const database = yield* TenantDatabase
    const { sql } = database

    /** Each check selects organization_id, subject and message of what is wrong. */
    const checks: ReadonlyArray<
      readonly [promise: number, code: string, statement: (isChecked: Statement.Fragment) => Statement.Fragment]
    > = [
      [
        5,
        "order_total_mismatch",
        (isChecked) => sql`
          SELECT ledger.organization_id, ledger.order_id AS subject,
            format('total is %s, its items and adjustments come to %s', ledger.total_minor, items.sum + adjustments.sum) AS message
          FROM order_ledger AS ledger
          CROSS JOIN LATERAL (SELECT coalesce(sum(quantity * unit_price_minor), 0) AS sum FROM order_ledger_items AS item
            WHERE item.organization_id = ledger.organization_id AND item.order_id = ledger.order_id) AS items
          CROSS JOIN LATERAL (SELECT coalesce(sum((one ->> 'amount_minor')::bigint), 0) AS sum
            FROM jsonb_array_elements(ledger.adjustments) AS one) AS adjustments
          WHERE ${isChecked} AND ledger.total_minor <> items.sum + adjustments.sum`
      ],
      [
        6,
        "line_without_order",
        (isChecked) => sql`
          SELECT item.organization_id, item.order_id AS subject, 'lines of an order that is not in the ledger' AS message
          FROM order_ledger_items AS item
          WHERE ${isChecked} AND NOT EXISTS (SELECT FROM order_ledger AS ledger
            WHERE ledger.organization_id = item.organization_id AND ledger.order_id = item.order_id)`
      ],
      [
        3,
        "key_used_twice",
        (isChecked) => sql`
          SELECT ledger.organization_id, min(ledger.order_id::text) AS subject,
            format('%s orders have the idempotency key %s', count(*), ledger.client_request_id) AS message
          FROM order_ledger AS ledger WHERE ${isChecked}
          GROUP BY ledger.organization_id, ledger.principal, ledger.client_request_id HAVING count(*) > 1`
      ],
      [
        6,
        "event_missing",
        (isChecked) => sql`
          SELECT ledger.organization_id, ledger.order_id AS subject,
            format('the order is %s and its event was never written', ledger.status) AS message
          FROM order_ledger AS ledger
          WHERE ${isChecked} AND ledger.status IN ('COMPLETED', 'FAILED') AND NOT EXISTS (SELECT FROM outbox
            WHERE outbox.organization_id = ledger.organization_id AND outbox.aggregate_id = ledger.order_id
              AND outbox.event_type = CASE ledger.status WHEN 'COMPLETED' THEN 'order.completed' ELSE 'order.failed' END)`
      ]
    ]

    const findings = (organizations: ReadonlyArray<OrganizationId>): Effect.Effect<ReadonlyArray<Finding>> => {
      const isChecked = sql`organization_id = ANY (${uuids(organizations).values}::uuid[])`
      return database
        .transaction(organizations)(
          Effect.forEach(checks, ([promise, code, statement]) =>
            Effect.map(
              Effect.flatMap(sql`${statement(isChecked)} LIMIT ${FINDINGS_PER_CHECK_MAX}::int`, decodeFindings),
              (rows) =>
                rows.map(
                  (row): Finding => ({
                    promise,
                    code,
                    organizationId: row.organization_id,
                    subject: row.subject,
                    message: row.message
                  })
                )
            )
          )
        )
        .pipe(
          Effect.orDie,
          Effect.map((found) => found.flat())
        )
    }

    const orders = (organizationId: OrganizationId, after: OrderId | undefined, limit: number) =>
      database
        .transaction([organizationId])(
          Effect.flatMap(
            sql`
              SELECT ledger.order_id, ledger.status, ledger.generation, ledger.total_minor, ledger.epoch, ledger.retry_count,
                (SELECT coalesce(sum(item.quantity), 0)::bigint FROM order_ledger_items AS item
                  WHERE item.organization_id = ledger.organization_id AND item.order_id = ledger.order_id) AS quantity,
                ledger.status = 'AWAITING_AUTHORIZATION' AND ledger.abandoned AS is_abandoned,
                coalesce(queue.visible_at = 'infinity', false) AS is_parked,
                queue.order_id IS NOT NULL OR EXISTS (SELECT FROM edge_leases AS lease
                  WHERE lease.organization_id = ledger.organization_id AND lease.order_id = ledger.order_id
                    AND lease.generation = ledger.generation) AS is_queued,
                EXISTS (SELECT FROM edge_leases AS lease
                  WHERE lease.organization_id = ledger.organization_id AND lease.order_id = ledger.order_id) AS is_being_swept,
                extract(epoch FROM now() - ledger.updated_at)::float8 * 1000 AS stood_still_ms
              FROM order_ledger AS ledger
              LEFT JOIN saga_queue AS queue ON queue.organization_id = ledger.organization_id AND queue.order_id = ledger.order_id
              WHERE ledger.organization_id = ${organizationId}::uuid AND ledger.order_id > ${after ?? NO_ID}::uuid
              ORDER BY ledger.order_id LIMIT ${limit}::int`,
            decodeOrders
          )
        )
        .pipe(
          Effect.orDie,
          Effect.map((rows) =>
            rows.map(
              (row): AuditedOrder => ({
                orderId: row.order_id,
                status: row.status,
                generation: row.generation,
                totalMinor: row.total_minor,
                quantity: row.quantity,
                epoch: row.epoch,
                retryCount: row.retry_count,
                isAbandoned: row.is_abandoned,
                isParked: row.is_parked,
                isQueued: row.is_queued,
                isBeingSwept: row.is_being_swept,
                stoodStillMs: row.stood_still_ms
              })
            )
          )
        )

    const unmoved = (organizationId: OrganizationId, seen: ReadonlyArray<AuditedOrder>) =>
      database
        .transaction([organizationId])(
          Effect.flatMap(
            sql`
              SELECT seen.order_id
              FROM ${batch("seen", {
                order_id: uuids(seen.map((order) => order.orderId)),
                status: texts(seen.map((order) => order.status)),
                generation: ints(seen.map((order) => order.generation)),
                epoch: ints(seen.map((order) => order.epoch)),
                retry_count: ints(seen.map((order) => order.retryCount))
              })}
              JOIN order_ledger AS ledger ON ledger.organization_id = ${organizationId}::uuid
                AND ledger.order_id = seen.order_id AND ledger.status = seen.status
                AND ledger.generation = seen.generation AND ledger.epoch = seen.epoch
                AND ledger.retry_count = seen.retry_count`,
            decodeIds
          )
        )
        .pipe(
          Effect.orDie,
          Effect.map((rows): ReadonlySet<OrderId> => new Set(rows.map((row) => row.order_id)))
        )

    const organizations = (after: OrganizationId | undefined) =>
      database
        .withoutTenant(
          sql`SELECT organization_id FROM organizations_present(${after ?? NO_ID}::uuid, 1000) AS organization_id`
        )
        .pipe(
          Effect.flatMap(decodeOrganizations),
          Effect.orDie,
          Effect.map((rows) => rows.map((row) => row.organization_id))
        )

    return LedgerAudit.of({ organizations, findings, orders, unmoved })
  })
)

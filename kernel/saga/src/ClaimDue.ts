import type { PgClient } from "@effect/sql-pg"
import { batch, type TenantDatabase, uuids } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Statement } from "effect/sql"
import type { Lease, SagaStore } from "./SagaStore.ts"
import type { SagaTables } from "./SagaTables.ts"

const Leases = Schema.Array(
  Schema.Struct({ organization_id: OrganizationId, saga_id: Schema.String, epoch: Schema.Int })
)
const decodeLeases = Schema.decodeUnknownEffect(Leases)
const decodeTenants = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ organization_id: OrganizationId })))

/**
 * Claims due rows of the queue in turns: every organization with due sagas gets the same share of a batch, beginning
 * after the one that was served last, and what is left over goes to the oldest of any. So an order waits for its own
 * organization's backlog, never for another's. Rows that another worker is claiming are skipped.
 */
export const claimDue = (
  database: TenantDatabase["Service"],
  tables: SagaTables
): ((options: Parameters<SagaStore["claim"]>[0]) => Effect.Effect<ReadonlyArray<Lease>>) => {
  const { sql } = database
  const queue = sql(tables.queue)
  const id = sql(tables.id)
  let lastServed = "00000000-0000-0000-0000-000000000000"

  /** The next organizations with due sagas, found by skipping from one to the next in the queue's index. */
  const dueTenants = (limit: number) =>
    Effect.flatMap(
      sql`
        WITH RECURSIVE later AS (
          ${firstDueTenant(sql, queue, sql`organization_id > ${lastServed}::uuid`)}
          UNION ALL
          SELECT ${firstDueTenant(sql, queue, sql`organization_id > later.organization_id`)}
          FROM later WHERE later.organization_id IS NOT NULL
        ), earlier AS (
          ${firstDueTenant(sql, queue, sql`organization_id <= ${lastServed}::uuid`)}
          UNION ALL
          SELECT ${firstDueTenant(sql, queue, sql`organization_id > earlier.organization_id AND organization_id <= ${lastServed}::uuid`)}
          FROM earlier WHERE earlier.organization_id IS NOT NULL
        )
        SELECT organization_id FROM (SELECT * FROM later UNION ALL SELECT * FROM earlier) AS tenant
        WHERE organization_id IS NOT NULL LIMIT ${limit}::int`,
      decodeTenants
    )

  const claimPicked = (picked: Statement.Fragment, leaseMs: number) =>
    Effect.flatMap(
      sql`
        WITH picked AS MATERIALIZED (${picked})
        UPDATE ${queue} AS queue SET visible_at = now() + ${leaseMs} * interval '1 ms', epoch = queue.epoch + 1
        FROM picked WHERE queue.organization_id = picked.organization_id AND queue.${id} = picked.${id}
        RETURNING queue.organization_id, queue.${id} AS saga_id, queue.epoch`,
      decodeLeases
    )

  const share = (tenants: ReadonlyArray<OrganizationId>, perTenant: number) => sql`
    SELECT due.organization_id, due.${id}
    FROM ${batch("tenant", { organization_id: uuids(tenants) })}
    CROSS JOIN LATERAL (
      SELECT organization_id, ${id} FROM ${queue}
      WHERE organization_id = tenant.organization_id AND visible_at <= now()
      ORDER BY visible_at LIMIT ${perTenant}::int FOR UPDATE SKIP LOCKED
    ) AS due`

  const oldest = (count: number) => sql`
    SELECT organization_id, ${id} FROM ${queue}
    WHERE visible_at <= now() ORDER BY visible_at LIMIT ${count}::int FOR UPDATE SKIP LOCKED`

  return ({ limit, leaseMs }) =>
    database
      .withoutTenant(
        Effect.gen(function* () {
          const tenants = (yield* dueTenants(limit)).map((row) => row.organization_id)
          if (tenants.length === 0) return []
          const perTenant = Math.max(1, Math.floor(limit / tenants.length))
          const shared = yield* claimPicked(share(tenants, perTenant), leaseMs)
          lastServed = tenants.at(-1) ?? lastServed
          const rest = limit - shared.length
          const extra = rest > 0 && tenants.length > 1 ? yield* claimPicked(oldest(rest), leaseMs) : []
          return [...shared, ...extra].map(
            (row): Lease => ({ organizationId: row.organization_id, sagaId: row.saga_id, epoch: row.epoch })
          )
        })
      )
      .pipe(Effect.orDie)
}

const firstDueTenant = (sql: PgClient.PgClient, queue: Statement.Identifier, which: Statement.Fragment) => sql`
  (SELECT organization_id FROM ${queue} WHERE ${which} AND visible_at <= now() ORDER BY organization_id LIMIT 1)`

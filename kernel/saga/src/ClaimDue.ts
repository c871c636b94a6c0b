import type { PgClient } from "@effect/sql-pg"
import { batch, type TenantDatabase, uuids } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { Statement } from "effect/sql"
import type { ClaimOptions, Lease } from "./SagaStore.ts"
import type { SagaTables } from "./SagaTables.ts"

const Leases = Schema.Array(
  Schema.Struct({ organization_id: OrganizationId, saga_id: Schema.String, epoch: Schema.Int, weight: Schema.Int })
)
const decodeLeases = Schema.decodeUnknownEffect(Leases)
const decodeTenants = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ organization_id: OrganizationId })))

/**
 * Claims due rows of the queue in turns: every organization with due sagas gets the same share of a batch, in sagas and
 * in weight, beginning after the one that was served last, and what is left over goes to the oldest of any. So an order
 * waits for its own organization's backlog, never for another's. Rows that another worker is claiming are skipped.
 */
export const claimDue = (
  database: TenantDatabase["Service"],
  tables: SagaTables
): ((options: ClaimOptions) => Effect.Effect<ReadonlyArray<Lease>>) => {
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

  /** Leases the rows before which the others have not used the weight up. */
  const claimWeighed = (weighed: Statement.Fragment, weightMax: number, leaseMs: number) =>
    Effect.flatMap(
      sql`
        WITH fitting AS MATERIALIZED (SELECT * FROM (${weighed}) AS weighed WHERE weight_before < ${weightMax}::int)
        UPDATE ${queue} AS queue SET visible_at = now() + ${leaseMs} * interval '1 ms', epoch = queue.epoch + 1
        FROM fitting WHERE queue.organization_id = fitting.organization_id AND queue.${id} = fitting.${id}
        RETURNING queue.organization_id, queue.${id} AS saga_id, queue.epoch, queue.weight`,
      decodeLeases
    )

  /** The oldest of each, place by place in turns; of each only what begins within its share of the weight. */
  const share = (tenants: ReadonlyArray<OrganizationId>, perTenant: number, weightOfEach: number) => sql`
    SELECT organization_id, ${id}, sum(weight) OVER (ORDER BY place, turn ROWS UNBOUNDED PRECEDING) - weight AS weight_before
    FROM (
      SELECT due.*, tenant.position AS turn, row_number() OVER own AS place, sum(weight) OVER own - weight AS own_before
      FROM ${batch("tenant", { organization_id: uuids(tenants) })}
      CROSS JOIN LATERAL (
        SELECT organization_id, ${id}, visible_at, weight FROM ${queue}
        WHERE organization_id = tenant.organization_id AND visible_at <= now()
        ORDER BY visible_at LIMIT ${perTenant}::int FOR UPDATE SKIP LOCKED
      ) AS due
      WINDOW own AS (PARTITION BY tenant.position ORDER BY due.visible_at ROWS UNBOUNDED PRECEDING)
    ) AS placed
    WHERE own_before < ${weightOfEach}::int`

  const oldest = (count: number) => sql`
    SELECT *, sum(weight) OVER (ORDER BY visible_at ROWS UNBOUNDED PRECEDING) - weight AS weight_before
    FROM (
      SELECT organization_id, ${id}, visible_at, weight FROM ${queue}
      WHERE visible_at <= now() ORDER BY visible_at LIMIT ${count}::int FOR UPDATE SKIP LOCKED
    ) AS due`

  return ({ leaseMs, limit, weightMax }) =>
    database
      .withoutTenant(
        Effect.gen(function* () {
          const tenants = (yield* dueTenants(limit)).map((row) => row.organization_id)
          if (tenants.length === 0) return []
          const perTenant = Math.max(1, Math.floor(limit / tenants.length))
          const weightOfEach = Math.ceil(weightMax / tenants.length)
          const shared = yield* claimWeighed(share(tenants, perTenant, weightOfEach), weightMax, leaseMs)
          const served = new Set(shared.map((row) => row.organization_id))
          lastServed = tenants.findLast((tenant) => served.has(tenant)) ?? tenants.at(-1) ?? lastServed
          const rest = limit - shared.length
          const weightRest = weightMax - shared.reduce((sum, row) => sum + row.weight, 0)
          const extra =
            rest > 0 && weightRest > 0 && tenants.length > 1
              ? yield* claimWeighed(oldest(rest), weightRest, leaseMs)
              : []
          return [...shared, ...extra].map(
            (row): Lease => ({ organizationId: row.organization_id, sagaId: row.saga_id, epoch: row.epoch })
          )
        })
      )
      .pipe(Effect.orDie)
}

const firstDueTenant = (sql: PgClient.PgClient, queue: Statement.Identifier, which: Statement.Fragment) => sql`
  (SELECT organization_id FROM ${queue} WHERE ${which} AND visible_at <= now() ORDER BY organization_id LIMIT 1)`

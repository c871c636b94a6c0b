import { batch, rowsOf, TenantDatabase, uuids } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Option, Schema } from "effect"
import { SagaOperations } from "../../../application/ports/SagaOperations.ts"
import { interveneInSagas } from "./InterveneInSagas.ts"
import { readExecutions } from "./ReadExecutions.ts"
import { selectSagas } from "./SelectSagas.ts"

const organizationsOf = rowsOf(Schema.Struct({ organization_id: OrganizationId }))
const NO_ID = "00000000-0000-0000-0000-000000000000"

export const SagaOperationsPostgres = Layer.effect(
  SagaOperations,
  Effect.map(TenantDatabase, (database) => {
    const { sql } = database

    const find: SagaOperations["Service"]["find"] = (organizationId, orderId) =>
      database
        .transaction([organizationId])(readExecutions(sql, [{ organizationId, orderId }]))
        .pipe(Effect.map(([execution]) => Option.fromUndefinedOr(execution)))

    const whose: SagaOperations["Service"]["whose"] = (orderId, among) =>
      database
        .transaction(among)(
          organizationsOf(sql`
            SELECT ledger.organization_id
            FROM ${batch("wanted", { organization_id: uuids(among) })}
            CROSS JOIN LATERAL (
              SELECT organization_id FROM order_ledger
              WHERE order_ledger.organization_id = wanted.organization_id AND order_id = ${orderId}::uuid OFFSET 0
            ) AS ledger
            ORDER BY wanted.position`)
        )
        .pipe(Effect.map((rows) => rows.map((row) => row.organization_id)))

    /** Each step is one descent of the queue's key. */
    const organizations: SagaOperations["Service"]["organizations"] = (after, limit) =>
      database
        .withoutTenant(
          organizationsOf(sql`
            WITH RECURSIVE queued AS (
              SELECT ${after ?? NO_ID}::uuid AS organization_id, 0 AS step
              UNION ALL
              SELECT (SELECT organization_id FROM saga_queue
                WHERE organization_id > queued.organization_id ORDER BY organization_id LIMIT 1), step + 1
              FROM queued WHERE organization_id IS NOT NULL AND step < ${limit}::int
            )
            SELECT organization_id FROM queued WHERE organization_id IS NOT NULL AND step > 0 ORDER BY organization_id`)
        )
        .pipe(Effect.map((rows) => rows.map((row) => row.organization_id)))

    return SagaOperations.of({
      find,
      whose,
      select: selectSagas(database),
      intervene: interveneInSagas(database),
      organizations
    })
  })
)

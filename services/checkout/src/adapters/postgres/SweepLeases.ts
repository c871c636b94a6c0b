import { batch, ints, type TenantDatabase, uuids } from "@valerix/database"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { cancelledOnRequest } from "@valerix/saga"
import { Effect, Schema } from "effect"
import type { Authorization } from "../../application/ports/OrderLedger.ts"
import { OUTCOME, UNCONCLUDED } from "../../application/TimelineOfAuthorization.ts"
import { authorizationKeys } from "./OrderKeys.ts"

const decodeExpired = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organization_id: OrganizationId, order_id: OrderId, generation: Schema.Int }))
)
const decodeAbandoned = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ position: Schema.Int, correlation_id: Schema.NullOr(Schema.String) }))
)

/**
 * Takes leases that ran out and abandons their authorizations by compare-and-set. An edge that concludes in the same
 * moment has either concluded before, and nothing is left to settle, or loses. An order that was asked to be cancelled
 * ends here: nobody was answered for it, and its key will not be authorized again.
 */
export const abandonExpired =
  (database: TenantDatabase["Service"]) =>
  (options: { readonly limit: number; readonly retryMs: number }): Effect.Effect<ReadonlyArray<Authorization>> => {
    const { sql } = database

    const takeExpired = database.withoutTenant(
      Effect.flatMap(
        sql`
          WITH expired AS MATERIALIZED (
            SELECT organization_id, order_id, generation FROM edge_leases
            WHERE leased_until <= now() ORDER BY leased_until LIMIT ${options.limit}::int FOR UPDATE SKIP LOCKED
          )
          UPDATE edge_leases AS lease
          SET leased_until = now() + ${options.retryMs} * interval '1 ms', attempts = lease.attempts + 1
          FROM expired
          WHERE lease.organization_id = expired.organization_id AND lease.order_id = expired.order_id
            AND lease.generation = expired.generation
          RETURNING lease.organization_id, lease.order_id, lease.generation`,
        decodeExpired
      )
    )

    const abandon = (
      expired: ReadonlyArray<{ organization_id: OrganizationId; order_id: OrderId; generation: number }>
    ) => {
      const keys = batch("expired", {
        organization_id: uuids(expired.map((row) => row.organization_id)),
        order_id: uuids(expired.map((row) => row.order_id)),
        generation: ints(expired.map((row) => row.generation))
      })
      return database.transaction(expired.map((row) => row.organization_id))(
        Effect.gen(function* () {
          yield* sql`
            SELECT FROM ${keys} JOIN order_ledger AS ledger USING (organization_id, order_id)
            WHERE ledger.generation = expired.generation AND ledger.status = 'AWAITING_AUTHORIZATION'
            ORDER BY organization_id, order_id FOR UPDATE OF ledger`
          yield* sql`
            UPDATE order_ledger AS ledger SET abandoned = true, updated_at = now(),
              status = CASE WHEN cancel_requested_at IS NULL THEN status ELSE 'AUTHORIZATION_FAILED' END,
              failure = CASE WHEN cancel_requested_at IS NULL THEN failure ELSE ${sql.json(cancelledOnRequest("authorize"))} END
            FROM ${keys}
            WHERE ledger.organization_id = expired.organization_id AND ledger.order_id = expired.order_id
              AND ledger.generation = expired.generation AND ledger.status = 'AWAITING_AUTHORIZATION'
              AND (NOT ledger.abandoned OR ledger.cancel_requested_at IS NOT NULL)`
          const abandoned = yield* decodeAbandoned(
            yield* sql`
            SELECT expired.position, ledger.correlation_id
            FROM ${keys} JOIN order_ledger AS ledger USING (organization_id, order_id)
            WHERE ledger.generation > expired.generation OR ledger.abandoned`
          )
          const given = abandoned.flatMap(({ position, correlation_id }): ReadonlyArray<Authorization> => {
            const row = expired[position - 1]
            if (row === undefined) return []
            const { generation, order_id: orderId, organization_id: organizationId } = row
            return [{ organizationId, orderId, generation, correlationId: correlation_id ?? undefined }]
          })
          if (given.length > 0) yield* appendUnconcluded(given)
          return given
        })
      )
    }

    /**
     * An authorization that its edge did not conclude has no entry in the timeline yet. Those of one order are written in
     * the order in which they were begun.
     */
    const appendUnconcluded = (given: ReadonlyArray<Authorization>) => sql`
      INSERT INTO order_timeline (organization_id, order_id, step, attempt, outcome, detail, duration_ms, epoch)
      SELECT organization_id, order_id, 'authorize', generation, ${OUTCOME.Abandoned}, ${UNCONCLUDED}, 0, 0
      FROM ${authorizationKeys("given", given)}
      WHERE NOT EXISTS (
        SELECT FROM order_timeline AS entry
        WHERE entry.organization_id = given.organization_id AND entry.order_id = given.order_id
          AND entry.step = 'authorize' AND entry.attempt = given.generation)
      ORDER BY generation`

    return Effect.gen(function* () {
      const expired = yield* takeExpired
      return expired.length === 0 ? [] : yield* abandon(expired)
    }).pipe(Effect.orDie)
  }

/** Removes the leases of authorizations that are settled. */
export const forgetSettled =
  (database: TenantDatabase["Service"]) =>
  (settled: ReadonlyArray<Authorization>): Effect.Effect<void> =>
    settled.length === 0
      ? Effect.void
      : database
          .withoutTenant(
            database.sql`
              DELETE FROM edge_leases AS lease USING ${authorizationKeys("settled", settled)}
              WHERE lease.organization_id = settled.organization_id AND lease.order_id = settled.order_id
                AND lease.generation = settled.generation`
          )
          .pipe(Effect.asVoid)

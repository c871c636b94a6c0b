import { rowsOf, TenantDatabase } from "@valerix/database"
import { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { type MovedOn, Standstills } from "../../../application/ports/Standstills.ts"
import { isUnfinished } from "../../../domain/Execution.ts"
import { MONITOR, movedOn } from "../../../domain/Intervention.ts"
import { EPOCHS_SKIPPED, farAway, LOST_LEASE, LOST_TURN } from "../../../domain/Standstill.ts"
import { lineCount } from "../LedgerLines.ts"
import { orderKeys } from "../OrderKeys.ts"
import { readExecutions } from "./ReadExecutions.ts"
import { lockSagas, noteInterventions, writeInterventions } from "./WriteInterventions.ts"

const keysOf = rowsOf(Schema.Struct({ organization_id: OrganizationId, order_id: OrderId }))
const putBackOf = rowsOf(Schema.Struct({ order_id: OrderId, epoch: Schema.Int }))
const unclaimedOf = rowsOf(
  Schema.Struct({
    organization_id: OrganizationId,
    order_id: OrderId,
    due_for_ms: Schema.Number,
    saga_version: Schema.Int
  })
)

export const StandstillsPostgres = Layer.effect(
  Standstills,
  Effect.map(TenantDatabase, (database) => {
    const { sql } = database

    const recallFar: Standstills["Service"]["recallFar"] = Effect.fnUntraced(function* ({ boundMs, farMs, limit }) {
      const isFar = sql`queue.visible_at > now() + ${farMs} * interval '1 ms' AND queue.visible_at < 'infinity'`
      const far = yield* database.withoutTenant(
        keysOf(sql`
          SELECT organization_id, order_id FROM saga_queue AS queue WHERE ${isFar}
          ORDER BY visible_at DESC LIMIT ${limit}::int`)
      )
      if (far.length === 0) return []
      const orders = far.map((row) => ({ organizationId: row.organization_id, orderId: row.order_id }))
      const standsStill = sql`${isFar} AND ledger.updated_at <= now() - ${boundMs} * interval '1 ms'`
      return yield* database
        .transaction(orders.map((order) => order.organizationId))(
          Effect.gen(function* () {
            yield* lockSagas(sql, orders)
            const executions = yield* readExecutions(sql, orders, standsStill)
            const written = executions
              .filter(({ status }) => isUnfinished(status))
              .map((execution) => ({
                execution,
                change: movedOn(execution, farAway(execution.leasedUntil ?? execution.nextRetryAt))
              }))
            yield* writeInterventions(sql, written)
            return written.map(({ change, execution }): MovedOn => {
              const { orderId, organizationId } = execution
              return { organizationId, orderId, why: change.reason }
            })
          })
        )
        .pipe(Effect.orDie)
    })

    const putBack: Standstills["Service"]["putBack"] = (organizationId, orderIds, boundMs, by) => {
      if (orderIds.length === 0) return Effect.succeed([])
      const orders = orderIds.map((orderId) => ({ organizationId, orderId }))
      const wanted = orderKeys("wanted", orders)
      const standsStill = sql`ledger.updated_at <= now() - ${boundMs} * interval '1 ms'`

      // What two monitors find at the same time, the second one finds put back once it has the lock.
      const lock = sql`
        SELECT FROM ${wanted} JOIN order_ledger AS ledger USING (organization_id, order_id)
        ORDER BY organization_id, order_id FOR UPDATE OF ledger`

      /** What was parked stays parked. */
      const requeue = putBackOf(sql`
        INSERT INTO saga_queue (organization_id, order_id, visible_at, epoch, saga_version, weight)
        SELECT ledger.organization_id, ledger.order_id,
          CASE WHEN ledger.park_reason IS NULL THEN now() ELSE 'infinity' END,
          ledger.epoch + ${EPOCHS_SKIPPED}::int, ledger.saga_version, ${lineCount(sql)}
        FROM ${wanted} JOIN order_ledger AS ledger USING (organization_id, order_id)
        WHERE ledger.status NOT IN ('AWAITING_AUTHORIZATION', 'AUTHORIZATION_FAILED', 'COMPLETED', 'FAILED') AND ${standsStill}
        ORDER BY organization_id, order_id
        ON CONFLICT (organization_id, order_id) DO NOTHING
        RETURNING order_id, epoch`)

      const lease = putBackOf(sql`
        INSERT INTO edge_leases (organization_id, order_id, generation, leased_until)
        SELECT ledger.organization_id, ledger.order_id, ledger.generation, now()
        FROM ${wanted} JOIN order_ledger AS ledger USING (organization_id, order_id)
        WHERE ledger.status = 'AWAITING_AUTHORIZATION' AND NOT ledger.abandoned AND ${standsStill}
        ORDER BY organization_id, order_id
        ON CONFLICT (organization_id, order_id, generation) DO NOTHING
        RETURNING order_id, 0 AS epoch`)

      /** The row in the ledger has moved too: so it is not stuck while what was put back waits for its turn. */
      const touch = (putBack: ReadonlyArray<OrderId>) => sql`
        UPDATE order_ledger AS ledger SET updated_at = now()
        FROM ${orderKeys(
          "moved",
          putBack.map((orderId) => ({ organizationId, orderId }))
        )}
        WHERE ledger.organization_id = moved.organization_id AND ledger.order_id = moved.order_id`

      return database
        .transaction([organizationId])(
          Effect.gen(function* () {
            yield* lock
            const requeued = yield* requeue
            const leased = yield* lease
            const moved = [
              ...requeued.map((row) => ({ ...row, why: LOST_TURN })),
              ...leased.map((row) => ({ ...row, why: LOST_LEASE }))
            ]
            if (moved.length === 0) return []
            yield* touch(moved.map((row) => row.order_id))
            const standing = yield* readExecutions(
              sql,
              moved.map((row) => ({ organizationId, orderId: row.order_id }))
            )
            yield* noteInterventions(
              sql,
              standing.map((execution, index) => ({
                ...movedOn(execution, by?.reason ?? moved[index]?.why ?? LOST_TURN),
                organizationId,
                orderId: execution.orderId,
                principal: by?.principal ?? MONITOR,
                epoch: moved[index]?.epoch ?? 0
              }))
            )
            return moved.map((row): MovedOn => ({ organizationId, orderId: row.order_id, why: row.why }))
          })
        )
        .pipe(Effect.orDie)
    }

    const unclaimed: Standstills["Service"]["unclaimed"] = ({ boundMs, limit }) =>
      database
        .withoutTenant(
          unclaimedOf(sql`
            SELECT organization_id, order_id, saga_version, extract(epoch FROM now() - visible_at)::float8 * 1000 AS due_for_ms
            FROM saga_queue WHERE visible_at <= now() - ${boundMs} * interval '1 ms' AND visible_at > '-infinity'
            ORDER BY visible_at LIMIT ${limit}::int`)
        )
        .pipe(
          Effect.map((rows) =>
            rows.map((row) => ({
              organizationId: row.organization_id,
              orderId: row.order_id,
              dueForMs: row.due_for_ms,
              sagaVersion: row.saga_version
            }))
          )
        )

    return Standstills.of({ recallFar, putBack, unclaimed })
  })
)

import { rowsOf, TenantDatabase, texts } from "@valerix/database"
import { appendEvents } from "@valerix/messaging"
import { type OrderId, type OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { LedgerRepairs } from "../../application/ports/LedgerRepairs.ts"
import { versionOf } from "../../domain/Execution.ts"
import { readExecutions } from "./sagas/ReadExecutions.ts"
import { lockSagas, writeInterventions } from "./sagas/WriteInterventions.ts"

const deletedOf = rowsOf(Schema.Struct({ order_id: Schema.String }))
const missingOf = rowsOf(Schema.Struct({ event_type: Schema.String }))

export const LedgerRepairsPostgres = Layer.effect(
  LedgerRepairs,
  Effect.map(TenantDatabase, (database) => {
    const { sql } = database
    const keyOf = (organizationId: OrganizationId, orderId: OrderId) =>
      sql`organization_id = ${organizationId}::uuid AND order_id = ${orderId}::uuid`

    const begin: LedgerRepairs["Service"]["begin"] = ({ finding, reason, tenant, what }) => {
      const repairId = uuidV7()
      return database
        .transaction([tenant.organizationId])(sql`
          INSERT INTO repairs (organization_id, repair_id, code, subject, finding, repair, principal, reason)
          VALUES (${tenant.organizationId}, ${repairId}, ${finding.code}, ${finding.subject}, ${finding.message}, ${what},
            ${tenant.principal}, ${reason})`)
        .pipe(Effect.as(repairId))
    }

    const conclude: LedgerRepairs["Service"]["conclude"] = (repairId, { finding, reason, tenant, what }, end) => {
      const { organizationId, principal } = tenant
      const { detail, note, outcome } = end
      const told = `${finding.code}: ${what}. ${detail === "" ? "" : `${detail} `}Reason: ${reason}`
      return database
        .transaction([organizationId])(
          Effect.gen(function* () {
            yield* sql`
              UPDATE repairs SET outcome = ${outcome}, detail = ${detail}, ended_at = now()
              WHERE organization_id = ${organizationId} AND repair_id = ${repairId}`
            if (note === undefined) return
            yield* sql`
              INSERT INTO order_timeline
                (organization_id, order_id, step, attempt, outcome, detail, duration_ms, epoch, principal)
              SELECT organization_id, order_id, ${note.step}, 0, 'REPAIRED', ${told}, 0, epoch, ${principal}
              FROM order_ledger WHERE ${keyOf(organizationId, note.orderId)}`
          })
        )
        .pipe(Effect.asVoid)
    }

    /** The queue's row before the ledger's, as every writer of sagas locks them; then they are as nobody changes them. */
    const dequeue: LedgerRepairs["Service"]["dequeue"] = (organizationId, orderId) =>
      database
        .transaction([organizationId])(
          Effect.gen(function* () {
            yield* sql`SELECT FROM saga_queue WHERE ${keyOf(organizationId, orderId)} FOR UPDATE`
            yield* sql`SELECT FROM order_ledger WHERE ${keyOf(organizationId, orderId)} FOR UPDATE`
            return yield* deletedOf(sql`
              DELETE FROM saga_queue WHERE ${keyOf(organizationId, orderId)} AND NOT EXISTS (
                SELECT FROM order_ledger AS ledger
                WHERE ledger.organization_id = saga_queue.organization_id AND ledger.order_id = saga_queue.order_id
                  AND ledger.status IN ('AUTHORIZED', 'ORDER_CREATED', 'INVENTORY_RESERVED', 'PAYMENT_CAPTURED', 'COMPENSATING'))
              RETURNING order_id::text AS order_id`)
          })
        )
        .pipe(Effect.map((rows) => rows.length > 0))

    const forgetLease: LedgerRepairs["Service"]["forgetLease"] = (organizationId, orderId) =>
      database
        .transaction([organizationId])(
          Effect.gen(function* () {
            yield* sql`SELECT FROM order_ledger WHERE ${keyOf(organizationId, orderId)} FOR UPDATE`
            return yield* deletedOf(sql`
              DELETE FROM edge_leases AS lease WHERE ${keyOf(organizationId, orderId)} AND NOT EXISTS (
                SELECT FROM order_ledger AS ledger
                WHERE ledger.organization_id = lease.organization_id AND ledger.order_id = lease.order_id
                  AND (ledger.generation <> lease.generation
                    OR ledger.status IN ('AWAITING_AUTHORIZATION', 'AUTHORIZATION_FAILED')))
              RETURNING order_id::text AS order_id`)
          })
        )
        .pipe(Effect.map((rows) => rows.length > 0))

    const appendMissing: LedgerRepairs["Service"]["appendMissing"] = (organizationId, orderId, status, events) =>
      database.transaction([organizationId])(
        Effect.gen(function* () {
          yield* sql`SELECT FROM order_ledger WHERE ${keyOf(organizationId, orderId)} FOR UPDATE`
          const missing = yield* missingOf(sql`
            SELECT told.event_type FROM order_ledger AS ledger
            CROSS JOIN unnest(${texts(events.map(({ eventType }) => eventType)).values}::text[]) AS told(event_type)
            WHERE ledger.organization_id = ${organizationId}::uuid AND ledger.order_id = ${orderId}::uuid
              AND ledger.status = ${status} AND NOT EXISTS (
                SELECT FROM outbox
                WHERE outbox.aggregate_id = ledger.order_id AND outbox.organization_id = ledger.organization_id
                  AND outbox.event_type = told.event_type)`)
          const types = new Set(missing.map((row) => row.event_type))
          yield* appendEvents(
            sql,
            events.filter(({ eventType }) => types.has(eventType))
          )
          return types.size > 0
        })
      )

    const intervene: LedgerRepairs["Service"]["intervene"] = (organizationId, { orderId, version }, change) =>
      database.transaction([organizationId])(
        Effect.gen(function* () {
          const orders = [{ organizationId, orderId }]
          yield* lockSagas(sql, orders)
          const [execution] = yield* readExecutions(sql, orders)
          if (execution === undefined || versionOf(execution) !== version) return false
          yield* writeInterventions(sql, [{ execution, change: change(execution) }])
          return true
        })
      )

    return LedgerRepairs.of({ begin, conclude, dequeue, forgetLease, appendMissing, intervene })
  })
)

import type { TenantDatabase } from "@valerix/database"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import type { InterventionResult, SeenSaga } from "../../../application/ports/SagaOperations.ts"
import { versionOf } from "../../../domain/Execution.ts"
import { type Intervention, intervened, refusalOf } from "../../../domain/Intervention.ts"
import { readExecutions } from "./ReadExecutions.ts"
import { lockSagas, type WrittenIntervention, writeInterventions } from "./WriteInterventions.ts"

/**
 * Intervenes in the executions that are still as they were seen. A worker that holds a lease at this moment has either
 * recorded before, and the execution has moved, or finds its lease lost when it records.
 */
export const interveneInSagas =
  (database: TenantDatabase["Service"]) =>
  (
    organizationId: OrganizationId,
    seen: ReadonlyArray<SeenSaga>,
    intervention: Intervention
  ): Effect.Effect<ReadonlyArray<InterventionResult>> => {
    const { sql } = database
    if (seen.length === 0) return Effect.succeed([])
    const orders = seen.map(({ orderId }) => ({ organizationId, orderId }))
    return database
      .transaction([organizationId])(
        Effect.gen(function* () {
          yield* lockSagas(sql, orders)
          const before = new Map((yield* readExecutions(sql, orders)).map((one) => [one.orderId, one]))
          const written: Array<WrittenIntervention> = []
          const refused = new Map<string, InterventionResult>()
          for (const { orderId, version } of seen) {
            const execution = before.get(orderId)
            if (execution === undefined) continue
            const why = refusalOf(execution, intervention.action)
            if (versionOf(execution) !== version) refused.set(orderId, { _tag: "Moved", execution })
            else if (why !== undefined) refused.set(orderId, { _tag: "Refused", execution, why })
            else written.push({ execution, change: intervened(execution, intervention) })
          }
          yield* writeInterventions(sql, written)
          const after = new Map((yield* readExecutions(sql, orders)).map((one) => [one.orderId, one]))
          return seen.map(({ orderId }): InterventionResult => {
            const execution = after.get(orderId)
            return (
              refused.get(orderId) ?? (execution === undefined ? { _tag: "Unknown" } : { _tag: "Applied", execution })
            )
          })
        })
      )
      .pipe(Effect.orDie)
  }

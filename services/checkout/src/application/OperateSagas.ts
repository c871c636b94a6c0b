import type { OrderId } from "@valerix/money-and-ids"
import type { Tenant } from "@valerix/tenancy"
import { Context, Effect, Layer, Option } from "effect"
import { type Execution, versionOf } from "../domain/Execution.ts"
import { refusalOf, type SagaAction } from "../domain/Intervention.ts"
import { type InterventionResult, type SagaFilter, SagaOperations, type SeenSaga } from "./ports/SagaOperations.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"

/** The most executions that one call intervenes in. */
export const SAGAS_PER_CALL_MAX = 1_000

/** So many in one transaction: workers wait for its locks. */
const SAGAS_PER_TRANSACTION = 200

export interface SagaOrder {
  readonly action: SagaAction
  readonly reason: string
  /** Says what would be done, and does nothing. */
  readonly isDryRun: boolean
}

export interface ManySagas {
  readonly filter: SagaFilter
  readonly after: OrderId | undefined
  readonly limit: number
}

/** What became of the executions that one call selected. */
export interface OperatedSagas {
  readonly applied: ReadonlyArray<Execution>
  /** They moved between being selected and being locked: nothing was changed. */
  readonly moved: ReadonlyArray<Execution>
  /** Where the next call goes on; none: everything was gone through. */
  readonly next: OrderId | undefined
}

/** An operator's hands on executions: of one order as it was seen, or of many by a filter. */
export class OperateSagas extends Context.Service<
  OperateSagas,
  {
    readonly one: (tenant: Tenant, seen: SeenSaga, order: SagaOrder) => Effect.Effect<InterventionResult>
    /** Touches at most SAGAS_PER_CALL_MAX. To repeat a call that broke off does nothing twice. */
    readonly many: (tenant: Tenant, sagas: ManySagas, order: SagaOrder) => Effect.Effect<OperatedSagas>
  }
>()("@valerix/checkout/OperateSagas") {
  static readonly layer = Layer.effect(
    OperateSagas,
    Effect.gen(function* () {
      const operations = yield* SagaOperations
      const wakeUp = yield* SagaWakeUp

      const intervene = Effect.fnUntraced(function* (
        { organizationId, principal }: Tenant,
        seen: ReadonlyArray<SeenSaga>,
        { action, reason }: SagaOrder
      ) {
        const results = yield* operations.intervene(organizationId, seen, { action, reason, principal })
        const applied = results.flatMap((result) => (result._tag === "Applied" ? [result.execution] : []))
        if (applied.length > 0) {
          if (action !== "park") yield* wakeUp.wake
          yield* Effect.logInfo("An operator intervened", {
            action,
            reason,
            principal,
            organization_id: organizationId,
            orders: applied.length,
            first_order_id: applied[0]?.orderId
          })
        }
        return results
      })

      const one: OperateSagas["Service"]["one"] = Effect.fn("OperateSagas.one")(function* (tenant, seen, order) {
        if (order.isDryRun) {
          const found = Option.getOrUndefined(yield* operations.find(tenant.organizationId, seen.orderId))
          return found === undefined ? { _tag: "Unknown" } : wouldBe(found, seen, order.action)
        }
        const [result] = yield* intervene(tenant, [seen], order)
        return result ?? { _tag: "Unknown" }
      })

      const many: OperateSagas["Service"]["many"] = Effect.fn("OperateSagas.many")(function* (tenant, sagas, order) {
        const { action, isDryRun } = order
        const limit = Math.min(sagas.limit, SAGAS_PER_CALL_MAX)
        const page = yield* operations.select(tenant.organizationId, { ...sagas, limit, action })
        if (isDryRun) return { applied: page.executions, moved: [], next: page.next }
        const applied: Array<Execution> = []
        const moved: Array<Execution> = []
        for (let at = 0; at < page.executions.length; at += SAGAS_PER_TRANSACTION) {
          const part = page.executions.slice(at, at + SAGAS_PER_TRANSACTION)
          const seen = part.map((execution) => ({ orderId: execution.orderId, version: versionOf(execution) }))
          const results = yield* intervene(tenant, seen, order)
          for (const result of results) {
            if (result._tag === "Applied") applied.push(result.execution)
            else if (result._tag !== "Unknown") moved.push(result.execution)
          }
        }
        return { applied, moved, next: page.next }
      })

      return OperateSagas.of({ one, many })
    })
  )
}

/** What would come of an action. */
const wouldBe = (execution: Execution, { version }: SeenSaga, action: SagaAction): InterventionResult => {
  if (versionOf(execution) !== version) return { _tag: "Moved", execution }
  const why = refusalOf(execution, action)
  return why === undefined ? { _tag: "Applied", execution } : { _tag: "Refused", execution, why }
}

import { Clock, Effect } from "effect"
import type { MovedOn, Standstills } from "../../application/ports/Standstills.ts"
import { isUnfinished } from "../../domain/Execution.ts"
import { movedOn } from "../../domain/Intervention.ts"
import { farAway, LOST_LEASE, LOST_TURN } from "../../domain/Standstill.ts"
import type { OrderLedgerMemory } from "./OrderLedgerMemory.ts"
import type { SagaOperationsMemory } from "./SagaOperationsMemory.ts"

/** What stands still in a memory ledger, for simulations and tests: one call at a time. */
export const standstillsMemory = (
  ledger: OrderLedgerMemory,
  executions: SagaOperationsMemory
): Standstills["Service"] => ({
  recallFar: ({ boundMs, farMs, limit }) =>
    now((nowMs) => {
      const far = [...ledger.sagas.sagas.values()]
        .filter(({ visibleAtMs }) => visibleAtMs !== undefined && Number.isFinite(visibleAtMs))
        .filter(({ visibleAtMs = 0 }) => visibleAtMs > nowMs + farMs)
        .slice(0, limit)
      return far.flatMap(({ organizationId, sagaId, visibleAtMs = 0 }): ReadonlyArray<MovedOn> => {
        const execution = executions.execution(organizationId, sagaId, nowMs)
        if (execution === undefined || !isUnfinished(execution.status) || execution.stoodStillMs < boundMs) return []
        const why = farAway(new Date(visibleAtMs))
        executions.write(execution, movedOn(execution, why), nowMs)
        return [{ organizationId, orderId: execution.orderId, why }]
      })
    }),
  putBack: (organizationId, orderIds, boundMs, by) =>
    now((nowMs) =>
      orderIds.flatMap((orderId): ReadonlyArray<MovedOn> => {
        const execution = executions.execution(organizationId, orderId, nowMs)
        if (execution === undefined || execution.stoodStillMs < boundMs) return []
        if (!ledger.putBack(orderId, nowMs)) return []
        const why = isUnfinished(execution.status) ? LOST_TURN : LOST_LEASE
        const noted = movedOn(execution, by?.reason ?? why)
        executions.note(execution, { ...noted, principal: by?.principal ?? noted.principal }, nowMs)
        return [{ organizationId, orderId, why }]
      })
    ),
  unclaimed: ({ boundMs, limit }) =>
    now((nowMs) =>
      [...ledger.sagas.sagas.values()]
        .flatMap(({ organizationId, sagaId, version: sagaVersion, visibleAtMs }) => {
          const orderId = executions.execution(organizationId, sagaId, nowMs)?.orderId
          const dueForMs = nowMs - (visibleAtMs ?? Number.POSITIVE_INFINITY)
          return orderId === undefined || dueForMs < boundMs ? [] : [{ organizationId, orderId, dueForMs, sagaVersion }]
        })
        .sort((a, b) => b.dueForMs - a.dueForMs)
        .slice(0, limit)
    )
})

const now = <A>(what: (nowMs: number) => A): Effect.Effect<A> => Effect.map(Clock.currentTimeMillis, what)

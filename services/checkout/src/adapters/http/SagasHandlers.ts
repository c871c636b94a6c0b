import type { OrderId } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect, Option, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { FindSagas } from "../../application/FindSagas.ts"
import { OperateSagas, SAGAS_PER_CALL_MAX } from "../../application/OperateSagas.ts"
import { CheckoutApi } from "../../contract/CheckoutApi.ts"
import { OrderNotFound } from "../../contract/OrderProblems.ts"
import { SagaActionRefused, SagaMoved } from "../../contract/SagaProblems.ts"
import { type SagaActionRequest, type SagaBulkRequest, SagaCursor } from "../../contract/SagaSchemas.ts"
import { type Execution, versionOf } from "../../domain/Execution.ts"
import type { SagaAction } from "../../domain/Intervention.ts"
import { timelineEntryViewOf } from "./OrderViews.ts"
import { operatedViewOf, sagaFilterOf, sagaViewOf } from "./SagaViews.ts"

const encodeCursor = Schema.encodeSync(SagaCursor)
const cursorAfter = (next: OrderId | undefined) => (next === undefined ? null : encodeCursor([next]))

const asItIs = (execution: Execution) => ({
  order_id: execution.orderId,
  ledger_status: execution.status,
  state: execution.state,
  version: versionOf(execution)
})

export const SagasHandlers = HttpApiBuilder.group(
  CheckoutApi,
  "sagas",
  Effect.fnUntraced(function* (handlers) {
    const operate = yield* OperateSagas
    const find = yield* FindSagas

    const actOnOne = (action: SagaAction) =>
      Effect.fnUntraced(function* ({
        params: { order_id: orderId },
        payload: { dry_run: isDryRun = false, reason, version }
      }: {
        readonly params: { readonly order_id: OrderId }
        readonly payload: typeof SagaActionRequest.Type
      }) {
        const tenant = yield* CurrentTenant
        const result = yield* operate.one(tenant, { orderId, version }, { action, reason, isDryRun })
        switch (result._tag) {
          case "Applied":
            return { dry_run: isDryRun, saga: sagaViewOf(result.execution) }
          case "Moved":
            return yield* new SagaMoved(asItIs(result.execution))
          case "Refused":
            return yield* new SagaActionRefused({ ...asItIs(result.execution), detail: result.why })
          case "Unknown":
            return yield* new OrderNotFound({})
        }
      })

    const actOnMany = (action: SagaAction) =>
      Effect.fnUntraced(function* ({
        payload: { cursor, dry_run: isDryRun = false, filter, limit = SAGAS_PER_CALL_MAX, reason }
      }: {
        readonly payload: typeof SagaBulkRequest.Type
      }) {
        const tenant = yield* CurrentTenant
        const sagas = { filter: sagaFilterOf(filter), after: cursor?.[0], limit }
        const operated = yield* operate.many(tenant, sagas, { action, reason, isDryRun })
        return {
          dry_run: isDryRun,
          applied: operated.applied.length,
          moved: operated.moved.length,
          orders: operatedViewOf(operated),
          next_cursor: cursorAfter(operated.next)
        }
      })

    return handlers.handleAll({
      listSagas: Effect.fnUntraced(function* ({ query: { cursor, limit, ...filter } }) {
        const { organizationId } = yield* CurrentTenant
        const { executions, next } = yield* find.select(organizationId, {
          filter: sagaFilterOf(filter),
          action: undefined,
          after: cursor?.[0],
          limit
        })
        return { data: executions.map(sagaViewOf), next_cursor: cursorAfter(next) }
      }),

      getSaga: Effect.fnUntraced(function* ({ params: { order_id: orderId } }) {
        const { organizationId } = yield* CurrentTenant
        const found = Option.getOrUndefined(yield* find.one(orderId, organizationId))
        if (found === undefined) return yield* new OrderNotFound({})
        return { saga: sagaViewOf(found.execution), timeline: found.timeline.map(timelineEntryViewOf) }
      }),

      retrySaga: actOnOne("retry"),
      compensateSaga: actOnOne("compensate"),
      parkSaga: actOnOne("park"),
      resumeSaga: actOnOne("resume"),
      retrySagas: actOnMany("retry"),
      compensateSagas: actOnMany("compensate"),
      parkSagas: actOnMany("park"),
      resumeSagas: actOnMany("resume")
    })
  })
)

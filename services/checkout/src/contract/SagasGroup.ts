import { TenantScope } from "@valerix/http/contract"
import { OrderId } from "@valerix/money-and-ids"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { OrderNotFound } from "./OrderProblems.ts"
import { actionNotes, bulkNotes, getSagaNotes, listSagasNotes } from "./SagaNotes.ts"
import { SagaActionRefused, SagaMoved } from "./SagaProblems.ts"
import {
  SagaActionRequest,
  SagaActionResult,
  SagaBulkRequest,
  SagaBulkResult,
  SagaPage,
  SagaWithTimeline,
  sagaFilter
} from "./SagaSchemas.ts"

const byId = { order_id: OrderId }

const actionOnOne = {
  params: byId,
  payload: SagaActionRequest,
  success: SagaActionResult,
  error: [OrderNotFound, SagaMoved, SagaActionRefused]
} as const

const actionOnMany = { payload: SagaBulkRequest, success: SagaBulkResult } as const

/** The operator's hands on executions. */
export const SagasGroup = HttpApiGroup.make("sagas")
  .add(
    HttpApiEndpoint.get("listSagas", "/sagas", {
      query: { ...SagaPage.query, ...sagaFilter },
      success: SagaPage.success
    }).annotateMerge(listSagasNotes),
    HttpApiEndpoint.get("getSaga", "/sagas/:order_id", {
      params: byId,
      success: SagaWithTimeline,
      error: OrderNotFound
    }).annotateMerge(getSagaNotes),
    HttpApiEndpoint.post("retrySaga", "/sagas/:order_id/retry", actionOnOne).annotateMerge(actionNotes("retry")),
    HttpApiEndpoint.post("compensateSaga", "/sagas/:order_id/compensate", actionOnOne).annotateMerge(
      actionNotes("compensate")
    ),
    HttpApiEndpoint.post("parkSaga", "/sagas/:order_id/park", actionOnOne).annotateMerge(actionNotes("park")),
    HttpApiEndpoint.post("resumeSaga", "/sagas/:order_id/resume", actionOnOne).annotateMerge(actionNotes("resume")),
    HttpApiEndpoint.post("retrySagas", "/sagas/retry", actionOnMany).annotateMerge(bulkNotes("retry")),
    HttpApiEndpoint.post("compensateSagas", "/sagas/compensate", actionOnMany).annotateMerge(bulkNotes("compensate")),
    HttpApiEndpoint.post("parkSagas", "/sagas/park", actionOnMany).annotateMerge(bulkNotes("park")),
    HttpApiEndpoint.post("resumeSagas", "/sagas/resume", actionOnMany).annotateMerge(bulkNotes("resume"))
  )
  .middleware(TenantScope)

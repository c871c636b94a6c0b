import { DateTime } from "effect"
import type { OperatedSagas } from "../../application/OperateSagas.ts"
import type { SagaFilter } from "../../application/ports/SagaOperations.ts"
import type { SagaBulkRequest, SagaBulkResult, SagaView } from "../../contract/SagaSchemas.ts"
import { type Execution, stepOf, versionOf } from "../../domain/Execution.ts"

const dateTime = (date: Date | undefined) => (date === undefined ? null : DateTime.fromDateUnsafe(date))

/** What operators see of an execution. */
export const sagaViewOf = (execution: Execution): SagaView => {
  const { problem } = execution
  return {
    order_id: execution.orderId,
    organization_id: execution.organizationId,
    status: execution.status,
    state: execution.state,
    step: stepOf(execution) ?? null,
    version: versionOf(execution),
    attempts: execution.attempts,
    unsent: execution.unsent,
    undone: execution.undone,
    epoch: execution.epoch,
    saga_version: execution.sagaVersion,
    next_retry_at: dateTime(execution.nextRetryAt),
    leased_until: dateTime(execution.leasedUntil),
    cancel_requested: execution.cancelRequested,
    failure: execution.failure ?? null,
    park_reason: execution.parkReason ?? null,
    problem:
      problem === undefined
        ? null
        : {
            step: problem.step,
            outcome: problem.outcome,
            detail: problem.detail ?? null,
            recorded_at: DateTime.fromDateUnsafe(problem.recordedAt)
          },
    created_at: DateTime.fromDateUnsafe(execution.createdAt),
    updated_at: DateTime.fromDateUnsafe(execution.updatedAt),
    age_s: secondsOf(execution.ageMs),
    still_s: secondsOf(execution.stoodStillMs)
  }
}

/** Clocks may disagree by a little, but nothing is younger than now. */
const secondsOf = (ms: number): number => Math.max(0, Math.floor(ms / 1000))

type FilterView = (typeof SagaBulkRequest.Type)["filter"]

export const sagaFilterOf = ({ min_age_s, min_still_s, parked, status, step, text }: FilterView): SagaFilter => ({
  status,
  step,
  isParked: parked,
  minAgeMs: min_age_s === undefined ? undefined : min_age_s * 1000,
  minStoodStillMs: min_still_s === undefined ? undefined : min_still_s * 1000,
  text
})

/** What became of each order, in the order in which they were gone through. */
export const operatedViewOf = ({ applied, moved }: OperatedSagas): (typeof SagaBulkResult.Type)["orders"] =>
  [
    ...applied.map((execution) => ({ execution, result: "APPLIED" as const })),
    ...moved.map((execution) => ({ execution, result: "MOVED" as const }))
  ]
    .map(({ execution, result }) => ({
      order_id: execution.orderId,
      result,
      status: execution.status,
      state: execution.state,
      version: versionOf(execution)
    }))
    .sort((a, b) => (a.order_id < b.order_id ? -1 : 1))

import { longestDelayMs, type RetrySchedule } from "./RetrySchedule.ts"
import type { Attempt, ClaimedSaga, Recorded, Transition } from "./SagaStore.ts"

/** It waits as long as a saga ever waits, and nothing of it counts as an attempt. */
export const waitUnchanged = (saga: ClaimedSaga, schedule: RetrySchedule): Transition["change"] => ({
  _tag: "Retry",
  attempts: saga.attempts,
  unsent: saga.unsent,
  undone: saga.undone,
  delayMs: longestDelayMs(schedule, saga.sagaId)
})

export const parkUnchanged = (saga: ClaimedSaga, reason: string): Transition["change"] => ({
  _tag: "Park",
  reason,
  undone: saga.undone
})

/** What becomes of a saga, from where it stands. */
export const transition = (
  saga: ClaimedSaga,
  attempts: ReadonlyArray<Attempt>,
  change: Transition["change"]
): Transition => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  expectedStatus: saga.status,
  attempts,
  change
})

/** The saga as it stands after a change that was applied and that it goes on after. */
export const afterwards = (
  saga: ClaimedSaga,
  change: Transition["change"],
  recorded: Extract<Recorded, { _tag: "Applied" }>
): ClaimedSaga => ({
  ...saga,
  status: recorded.status,
  cancelRequested: recorded.cancelRequested,
  attempts: 0,
  unsent: 0,
  waitedMs: 0,
  failure:
    change._tag === "Compensate"
      ? change.failure
      : change._tag === "Complete"
        ? change.failureIfCancelled
        : saga.failure
})

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

/** Undos that are left out stay as they are. */
export const park = (reason: string, undone?: ReadonlyArray<string>): Transition["change"] => ({
  _tag: "Park",
  reason,
  undone
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

/** The saga as it stands some time after it was claimed, when nothing else about it has changed. */
export const aged = (saga: ClaimedSaga, byMs: number): ClaimedSaga => ({
  ...saga,
  unsentForMs: saga.unsent > 0 ? saga.unsentForMs + byMs : 0,
  expiresInMs: saga.expiresInMs === undefined ? undefined : saga.expiresInMs - byMs
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
  unsentForMs: 0,
  failure:
    change._tag === "Compensate"
      ? change.failure
      : change._tag === "Complete"
        ? change.failureIfCancelled
        : saga.failure
})

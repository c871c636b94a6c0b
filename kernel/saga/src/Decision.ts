import type { Outcome } from "./Outcome.ts"
import { attemptsMax, delayAfterMs, type RetrySchedule } from "./RetrySchedule.ts"
import type { SagaFailure } from "./SagaDefinition.ts"
import type { ClaimedSaga, Transition } from "./SagaStore.ts"

/** Where a step stands in its saga: before the pivot it can be given up, after it it goes forward. */
export interface StepPosition {
  readonly name: string
  readonly statusAfter: string
  readonly isAfterPivot: boolean
  readonly isLast: boolean
}

type Change = Transition["change"]

/** What becomes of a saga after one attempt at a step. Done at the last step is for the caller, who knows the events. */
export const decideStep = (
  saga: ClaimedSaga,
  step: StepPosition,
  outcome: Exclude<Outcome, { _tag: "Done" }>,
  schedule: RetrySchedule
): Change => {
  switch (outcome._tag) {
    case "Rejected":
      return compensate({ step: step.name, ...failureOf(outcome) })
    case "Cancelled":
      return compensate({
        step: step.name,
        code: "cancelled",
        message: "The participant had undone this order already."
      })
    case "Unavailable": {
      const attempts = saga.attempts + 1
      if (step.isAfterPivot) return goForward(saga, step, { attempts, unsent: saga.unsent }, outcome.reason, schedule)
      return attempts < attemptsMax(schedule)
        ? retry(saga, { attempts, unsent: saga.unsent }, delayAfterMs(schedule, attempts, saga.sagaId))
        : compensate({
            step: step.name,
            code: "retries_exhausted",
            message: `No definite answer in ${attempts} attempts; the last: ${outcome.reason}`
          })
    }
    case "NotSent": {
      const unsent = saga.unsent + 1
      if (step.isAfterPivot) return goForward(saga, step, { attempts: saga.attempts, unsent }, outcome.reason, schedule)
      const delayMs = delayAfterMs(schedule, unsent, saga.sagaId)
      const waitsTooLong = saga.waitedMs + delayMs > schedule.unsentLimitMs
      const outlivesItsDeadline = saga.expiresInMs !== undefined && delayMs >= saga.expiresInMs
      return waitsTooLong || outlivesItsDeadline
        ? compensate({
            step: step.name,
            code: "participant_unreachable",
            message: `Not reached for ${Math.round(saga.waitedMs / 1000)} s; the last: ${outcome.reason}`
          })
        : retry(saga, { attempts: saga.attempts, unsent }, delayMs)
    }
  }
}

interface Counts {
  readonly attempts: number
  readonly unsent: number
}

/** A step after the pivot is not given up: it is tried until it is done, or until an operator has to look at it. */
const goForward = (
  saga: ClaimedSaga,
  step: StepPosition,
  counts: Counts,
  reason: string,
  schedule: RetrySchedule
): Change => {
  const failed = counts.attempts + counts.unsent
  return failed < schedule.parkAfterAttempts
    ? retry(saga, counts, delayAfterMs(schedule, failed, saga.sagaId))
    : { _tag: "Park", reason: `${step.name}: ${reason}`, undone: saga.undone }
}

/** What becomes of a saga after one pass over its undos that left some undone. */
export const decideUndo = (
  saga: ClaimedSaga,
  undone: ReadonlyArray<string>,
  problem: { readonly undo: string; readonly isPermanent: boolean; readonly detail: string },
  schedule: RetrySchedule
): Change => {
  const attempts = saga.attempts + 1
  if (problem.isPermanent || attempts >= schedule.parkAfterAttempts) {
    return { _tag: "Park", reason: `${problem.undo}: ${problem.detail}`, undone }
  }
  return {
    _tag: "Retry",
    attempts,
    unsent: saga.unsent,
    undone,
    delayMs: delayAfterMs(schedule, attempts, saga.sagaId)
  }
}

const compensate = (failure: SagaFailure): Change => ({ _tag: "Compensate", failure })

const failureOf = (outcome: Extract<Outcome, { _tag: "Rejected" }>): Omit<SagaFailure, "step"> =>
  outcome.details === undefined
    ? { code: outcome.code, message: outcome.message }
    : { code: outcome.code, message: outcome.message, details: outcome.details }

const retry = (saga: ClaimedSaga, counts: Counts, delayMs: number): Change => ({
  _tag: "Retry",
  ...counts,
  undone: saga.undone,
  delayMs
})

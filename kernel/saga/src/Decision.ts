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
      return step.isAfterPivot || attempts < attemptsMax(schedule)
        ? tryAgain(saga, attempts, saga.undone, schedule)
        : compensate({
            step: step.name,
            code: "retries_exhausted",
            message: `No definite answer in ${attempts} attempts; the last: ${outcome.reason}`
          })
    }
    case "NotSent": {
      // After the pivot there is nothing to save attempts for: the step is not given up, and every attempt counts.
      if (step.isAfterPivot) return tryAgain(saga, saga.attempts + 1, saga.undone, schedule)
      const unsent = saga.unsent + 1
      const delayMs = delayAfterMs(schedule, unsent, saga.sagaId)
      const waitsTooLong = saga.unsentForMs + delayMs > schedule.unsentLimitMs
      const outlivesItsDeadline = saga.expiresInMs !== undefined && delayMs >= saga.expiresInMs
      return waitsTooLong || outlivesItsDeadline
        ? compensate({
            step: step.name,
            code: "participant_unreachable",
            message: `Not reached for ${Math.round(saga.unsentForMs / 1000)} s; the last: ${outcome.reason}`
          })
        : { _tag: "Retry", attempts: saga.attempts, unsent, undone: saga.undone, delayMs }
    }
  }
}

/** What becomes of a saga after one pass over its undos that left some undone: only a refusal for good ends its passes. */
export const decideUndo = (
  saga: ClaimedSaga,
  undone: ReadonlyArray<string>,
  problem: { readonly undo: string; readonly isPermanent: boolean; readonly detail: string },
  schedule: RetrySchedule
): Change =>
  problem.isPermanent
    ? { _tag: "Park", reason: `${problem.undo}: ${problem.detail}`, undone }
    : tryAgain(saga, saga.attempts + 1, undone, schedule)

/** An attempt that was really sent, or that is as good as one: it ends the run of unsent ones. */
const tryAgain = (
  saga: ClaimedSaga,
  attempts: number,
  undone: ReadonlyArray<string>,
  schedule: RetrySchedule
): Change => ({ _tag: "Retry", attempts, unsent: 0, undone, delayMs: delayAfterMs(schedule, attempts, saga.sagaId) })

const compensate = (failure: SagaFailure): Change => ({ _tag: "Compensate", failure })

const failureOf = (outcome: Extract<Outcome, { _tag: "Rejected" }>): Omit<SagaFailure, "step"> =>
  outcome.details === undefined
    ? { code: outcome.code, message: outcome.message }
    : { code: outcome.code, message: outcome.message, details: outcome.details }

import type { Outcome } from "./Outcome.ts"
import type { Attempt } from "./SagaStore.ts"

/** The timeline's entry for one attempt at a step or an undo. */
export const attemptOf = (step: string, number: number, outcome: Outcome, durationMs: number): Attempt => ({
  step,
  number,
  outcome: OUTCOME_NAMES[outcome._tag],
  detail: detailOf(outcome),
  durationMs
})

const OUTCOME_NAMES = {
  Done: "DONE",
  Rejected: "REJECTED",
  Unavailable: "UNAVAILABLE",
  NotSent: "NOT_SENT",
  Cancelled: "CANCELLED"
} as const

/** What an outcome says beyond its kind. */
export const detailOf = (outcome: Outcome): string | undefined =>
  outcome._tag === "Rejected"
    ? `${outcome.code}: ${outcome.message}`
    : outcome._tag === "Unavailable" || outcome._tag === "NotSent"
      ? outcome.reason
      : undefined

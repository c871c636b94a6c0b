import { type Execution, type ExecutionFailure, isUnfinished, stepOf } from "./Execution.ts"

/** What an operator can do with the execution of an order. */
export const SAGA_ACTIONS = ["retry", "compensate", "park", "resume"] as const
export type SagaAction = (typeof SAGA_ACTIONS)[number]

export interface Intervention {
  readonly action: SagaAction
  readonly principal: string
  readonly reason: string
}

/** How interventions stand in the timeline, beside the outcomes of attempts. */
export const INTERVENTION_OUTCOMES = ["RETRIED", "TURNED_BACK", "PARKED", "RESUMED", "MOVED_ON", "REPAIRED"] as const
export type InterventionOutcome = (typeof INTERVENTION_OUTCOMES)[number]

/** What an intervention makes of an execution. It is due at once, unless it is parked. */
export interface Intervened {
  readonly outcome: InterventionOutcome
  /** The step that it stood before. */
  readonly step: string
  readonly principal: string
  readonly reason: string
  /** Given when it turns back. */
  readonly failure: ExecutionFailure | undefined
  readonly isParked: boolean
  /** It has all attempts at its step again. */
  readonly forgetsAttempts: boolean
}

/** The code of the failure of an order that an operator turned back. */
export const COMPENSATED_BY_OPERATOR = "compensated_by_operator"

/** Why an action does not apply to an execution as it stands; none when it does. */
export const refusalOf = (execution: Execution, action: SagaAction): string | undefined => {
  const { state, status } = execution
  if (state === "ENDED") return `The order has ended: it is ${status}.`
  if (state === "AUTHORIZING") return "The order is still being authorized; nothing is executed yet."
  if (state === "LOST") return "The order is in no queue; the monitor of a running orchestrator puts it back."
  switch (action) {
    case "retry":
      return state === "WAITING" ? undefined : NOTHING_TO_RETRY[state]
    case "compensate":
      return status === "COMPENSATING" ? "The order is being compensated already." : undefined
    case "park":
      return state === "PARKED" ? "The order is parked already." : undefined
    case "resume":
      return state === "PARKED" ? undefined : "The order is not parked."
  }
}

const NOTHING_TO_RETRY = {
  PARKED: "The order is parked: resume it.",
  DUE: "The order is due already.",
  EXECUTING: "The order is being executed at this moment."
} as const

/** What an action that applies makes of an execution. */
export const intervened = (execution: Execution, { action, principal, reason }: Intervention): Intervened => {
  const step = stepOf(execution) ?? "end"
  const common = { step, principal, reason, failure: undefined, isParked: false, forgetsAttempts: true }
  switch (action) {
    case "retry":
      return { ...common, outcome: "RETRIED", forgetsAttempts: false }
    case "compensate": {
      const message = `An operator turned the order back: ${reason}`
      const failure = { step, code: COMPENSATED_BY_OPERATOR, message, details: { operator: principal, reason } }
      return { ...common, outcome: "TURNED_BACK", failure }
    }
    case "park":
      return { ...common, outcome: "PARKED", isParked: true }
    case "resume":
      return { ...common, outcome: "RESUMED" }
  }
}

/** Who moves orders on that stood still, in the timeline. */
export const MONITOR = "monitor"

/** An unfinished execution is made due, as it stands. */
export const movedOn = (execution: Execution, reason: string): Intervened => ({
  outcome: "MOVED_ON",
  step: stepOf(execution) ?? (isUnfinished(execution.status) ? "end" : "authorize"),
  principal: MONITOR,
  reason,
  failure: undefined,
  isParked: false,
  forgetsAttempts: false
})

/** An execution whose turn is too far away is made due, whoever holds its lease. */
export const recalledBy = (execution: Execution, principal: string, reason: string): Intervened => ({
  ...movedOn(execution, reason),
  principal
})

/** A parked execution whose reason was lost stays parked, with this one. */
export const keptParkedBy = (execution: Execution, principal: string, reason: string): Intervened => ({
  ...movedOn(execution, reason),
  outcome: "PARKED",
  principal,
  isParked: true
})

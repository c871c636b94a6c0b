import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { isAtRest, type LedgerStatus } from "./LedgerStatus.ts"

/** The steps of an order's execution, and of the way back. */
export const EXECUTION_STEPS = ["create", "reserve", "capture", "confirm", "settle", "release", "cancel"] as const
export type ExecutionStep = (typeof EXECUTION_STEPS)[number]

/** The statuses of an order that is being executed, or undone. */
export const UNFINISHED_STATUSES = [
  "AUTHORIZED",
  "ORDER_CREATED",
  "INVENTORY_RESERVED",
  "PAYMENT_CAPTURED",
  "COMPENSATING"
] as const satisfies ReadonlyArray<LedgerStatus>
export type UnfinishedStatus = (typeof UNFINISHED_STATUSES)[number]

export const isUnfinished = (status: LedgerStatus): status is UnfinishedStatus =>
  UNFINISHED_STATUSES.some((one) => one === status)

/** What an execution does at the moment. */
export type ExecutionState =
  /** Its payment is being authorized; nothing is executed yet. */
  | "AUTHORIZING"
  /** The next worker takes it. */
  | "DUE"
  /** A worker holds its lease. */
  | "EXECUTING"
  /** It waits for its next attempt. */
  | "WAITING"
  /** It stays where it is until somebody resumes it. */
  | "PARKED"
  | "ENDED"
  /** It is unfinished, and in no queue. The monitor puts it back. */
  | "LOST"

/** Why an execution was turned back. */
export interface ExecutionFailure {
  readonly step: string
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, string | number>>
}

/** The latest attempt that did not succeed, of the latest run. */
export interface ExecutionProblem {
  readonly step: string
  readonly outcome: string
  readonly detail: string | undefined
  readonly recordedAt: Date
}

/** How far the execution of an order has come, and what it is at. */
export interface Execution {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly status: LedgerStatus
  readonly state: ExecutionState
  readonly epoch: number
  readonly sagaVersion: number
  /** Attempts at the present step, or passes of compensation, that got no definite answer. */
  readonly attempts: number
  readonly unsent: number
  readonly undone: ReadonlyArray<string>
  readonly nextRetryAt: Date | undefined
  /** When the lease of the worker that has it ends. */
  readonly leasedUntil: Date | undefined
  readonly cancelRequested: boolean
  readonly failure: ExecutionFailure | undefined
  readonly parkReason: string | undefined
  readonly problem: ExecutionProblem | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly ageMs: number
  /** How long ago the ledger recorded anything of it. */
  readonly stoodStillMs: number
}

const STEP_AFTER: Partial<Record<LedgerStatus, ExecutionStep>> = {
  AUTHORIZED: "create",
  ORDER_CREATED: "reserve",
  INVENTORY_RESERVED: "capture",
  PAYMENT_CAPTURED: "confirm"
}

/** The undos in the order in which they are started. */
const UNDOS = ["settle", "release", "cancel"] as const satisfies ReadonlyArray<ExecutionStep>

/** The step that an execution stands before, on the way back the first undo that is not done; none once it has ended. */
export const stepOf = ({ status, undone }: Pick<Execution, "status" | "undone">): ExecutionStep | undefined =>
  status === "COMPENSATING" ? UNDOS.find((undo) => !undone.includes(undo)) : STEP_AFTER[status]

/** What the queue knows of an execution; times are compared by the ledger's clock. */
export interface Turn {
  readonly isParked: boolean
  /** Its time has not come. */
  readonly isAhead: boolean
  /** The time of its next attempt has not come. */
  readonly isRetryAhead: boolean
}

export const stateOf = (status: LedgerStatus, turn: Turn | undefined): ExecutionState => {
  if (isAtRest(status)) return "ENDED"
  if (status === "AWAITING_AUTHORIZATION") return "AUTHORIZING"
  if (turn === undefined) return "LOST"
  if (turn.isParked) return "PARKED"
  if (!turn.isAhead) return "DUE"
  return turn.isRetryAhead ? "WAITING" : "EXECUTING"
}

/**
 * Names how far an execution has come: it is another one after every claim, attempt, step and intervention, and when its
 * customer has asked to cancel it; and the same as long as only time has passed.
 */
export const versionOf = ({ attempts, cancelRequested, epoch, state, status, unsent }: Execution): string =>
  [
    epoch,
    status,
    attempts,
    unsent,
    ...(cancelRequested ? ["CANCEL"] : []),
    ...(state === "PARKED" ? ["PARKED"] : [])
  ].join("-")

/** Where executions stand whose next step this is: their status, and the undos that are done before it. */
export const placeOf = (
  step: ExecutionStep
): { readonly status: LedgerStatus; readonly done: ReadonlyArray<string> } => {
  const forward = UNFINISHED_STATUSES.find((status) => STEP_AFTER[status] === step)
  if (forward !== undefined) return { status: forward, done: [] }
  return {
    status: "COMPENSATING",
    done: UNDOS.filter((_, index) => UNDOS.slice(index + 1).some((undo) => undo === step))
  }
}

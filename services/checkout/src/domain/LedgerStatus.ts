import { Schema } from "effect"

/** How far an order's execution has come. */
export const LedgerStatus = Schema.Literals([
  "AWAITING_AUTHORIZATION",
  "AUTHORIZATION_FAILED",
  "AUTHORIZED",
  "ORDER_CREATED",
  "INVENTORY_RESERVED",
  "PAYMENT_CAPTURED",
  "COMPLETED",
  "COMPENSATING",
  "FAILED"
])
export type LedgerStatus = typeof LedgerStatus.Type

/** Where the execution of an order begins, turns back and ends. */
export const EXECUTION_STATUSES = {
  ready: "AUTHORIZED",
  compensating: "COMPENSATING",
  completed: "COMPLETED",
  failed: "FAILED"
} as const satisfies Record<string, LedgerStatus>

/**
 * The ledger's state machine. COMPLETED turns back when the customer cancels: then it is refunded, released and
 * cancelled like any other order that turns back.
 */
const NEXT: Readonly<Record<LedgerStatus, ReadonlyArray<LedgerStatus>>> = {
  AWAITING_AUTHORIZATION: ["AUTHORIZED", "AUTHORIZATION_FAILED"],
  AUTHORIZATION_FAILED: [],
  AUTHORIZED: ["ORDER_CREATED", "COMPENSATING"],
  ORDER_CREATED: ["INVENTORY_RESERVED", "COMPENSATING"],
  INVENTORY_RESERVED: ["PAYMENT_CAPTURED", "COMPENSATING"],
  PAYMENT_CAPTURED: ["COMPLETED", "COMPENSATING"],
  COMPLETED: ["COMPENSATING"],
  COMPENSATING: ["FAILED"],
  FAILED: []
}

export const canMove = (from: LedgerStatus, to: LedgerStatus): boolean => NEXT[from].includes(to)

/** Nothing more happens to the order by itself. */
export const isAtRest = (status: LedgerStatus): boolean =>
  status === "COMPLETED" || status === "FAILED" || status === "AUTHORIZATION_FAILED"

/** What the caller of the API sees of an order. */
export const OrderStatus = Schema.Literals(["PENDING", "PENDING_INVENTORY", "PENDING_PAYMENT", "CONFIRMED", "FAILED"])
export type OrderStatus = typeof OrderStatus.Type

/**
 * The status that callers see: PENDING while the order is under way, PENDING_INVENTORY or PENDING_PAYMENT while its
 * reservation or its capture is being tried again.
 */
export const orderStatusOf = (status: LedgerStatus, isBeingRetried: boolean): OrderStatus => {
  switch (status) {
    case "COMPLETED":
      return "CONFIRMED"
    case "FAILED":
    case "AUTHORIZATION_FAILED":
      return "FAILED"
    case "ORDER_CREATED":
      return isBeingRetried ? "PENDING_INVENTORY" : "PENDING"
    case "INVENTORY_RESERVED":
      return isBeingRetried ? "PENDING_PAYMENT" : "PENDING"
    default:
      return "PENDING"
  }
}

/** A ledger status, and whether the order waits in it for its next attempt. */
export interface LedgerState {
  readonly status: LedgerStatus
  readonly isBeingRetried: boolean
}

const STATES: ReadonlyArray<LedgerState> = LedgerStatus.literals.flatMap((status) =>
  [false, true].map((isBeingRetried) => ({ status, isBeingRetried }))
)

/** Where orders are that callers see in a status: `orderStatusOf`, the other way round. */
export const ledgerStatesOf = (seen: OrderStatus): ReadonlyArray<LedgerState> =>
  STATES.filter(({ isBeingRetried, status }) => orderStatusOf(status, isBeingRetried) === seen)

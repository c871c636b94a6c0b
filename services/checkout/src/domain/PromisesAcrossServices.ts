import type { MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Finding } from "./Finding.ts"
import { isAtRest, type LedgerStatus } from "./LedgerStatus.ts"

/** An order as the ledger has it. */
export interface OrderInLedger {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly status: LedgerStatus
  readonly generation: number
  readonly totalMinor: MinorUnits
  /** Units of all lines together. */
  readonly quantity: number
  /** Nobody was ever answered for it: its authorization was given up, and it waits for its key to be sent again. */
  readonly isAbandoned: boolean
  readonly isParked: boolean
  readonly isQueued: boolean
  readonly isBeingSwept: boolean
  readonly stoodStillMs: number
}

/** The same order as the others have it. */
export interface OrderElsewhere {
  readonly salesOrder: "PENDING" | "CONFIRMED" | "CANCELLED" | undefined
  /** Units that are reserved for the order. */
  readonly reservedQuantity: number
  /** By the books of payments. */
  readonly payments: ReadonlyArray<{
    readonly generation: number
    readonly status: string
    readonly capturedMinor: number
    readonly refundedMinor: number
  }>
  /** By the books of the provider, over all generations. */
  readonly provider: {
    readonly heldMinor: number
    readonly capturedMinor: number
    readonly refundedMinor: number
    readonly captures: number
  }
}

const OPEN: ReadonlySet<string> = new Set(["AUTHORIZING", "AUTHORIZED"])

/**
 * The promises that only show across services, for one order that did not move while it was looked at. Only orders in a
 * final state are judged by what the others hold: on the way there, an effect is always a moment ahead of its record.
 */
export const brokenPromises = (
  order: OrderInLedger,
  elsewhere: OrderElsewhere,
  options: { readonly restMs: number }
): ReadonlyArray<Finding> => {
  const broken: Array<Finding> = []
  const report = (promise: number, code: string, message: string) =>
    broken.push({ promise, code, organizationId: order.organizationId, subject: order.orderId, message })

  const { payments, provider } = elsewhere
  const kept = payments.filter((payment) => payment.status === "CAPTURED")
  const open = payments.filter((payment) => OPEN.has(payment.status))

  if (provider.captures > 1)
    report(2, "captured_twice", `the provider has captured this order ${provider.captures} times`)
  const rests = isAtRest(order.status) || (order.isAbandoned && !order.isBeingSwept)
  if (!rests && !order.isQueued && !order.isBeingSwept) {
    report(6, "order_in_limbo", `the order is ${order.status} and nothing will move it on`)
  }
  if (!rests && !order.isParked && !order.isAbandoned && order.stoodStillMs > options.restMs) {
    report(
      6,
      "order_stuck",
      `the order is ${order.status} and has not moved for ${Math.round(order.stoodStillMs / 1000)} s`
    )
  }

  if (order.status === "COMPLETED") {
    if (kept.length === 0) report(7, "completed_without_capture", "the order is COMPLETED and no money is captured")
    if (provider.capturedMinor - provider.refundedMinor !== order.totalMinor) {
      const message = `the provider captured ${provider.capturedMinor} and refunded ${provider.refundedMinor} of an order of ${order.totalMinor}`
      report(7, "captured_amount_mismatch", message)
    }
    if (elsewhere.reservedQuantity !== order.quantity) {
      const message = `the order is COMPLETED and holds ${elsewhere.reservedQuantity} of its ${order.quantity} units`
      report(7, "completed_without_stock", message)
    }
    if (elsewhere.salesOrder !== "CONFIRMED") {
      report(7, "completed_without_confirmation", `the sales order is ${elsewhere.salesOrder ?? "missing"}`)
    }
  }

  if (rests && order.status !== "COMPLETED") {
    for (const { generation, capturedMinor, refundedMinor } of kept) {
      const message = `captured ${capturedMinor} and refunded ${refundedMinor} in generation ${generation} of an order that is ${order.status}`
      report(7, "failed_with_capture", message)
    }
    if (kept.length === 0 && provider.capturedMinor > provider.refundedMinor) {
      const message = `the provider keeps ${provider.capturedMinor - provider.refundedMinor} of an order that is ${order.status}`
      report(7, "failed_with_capture", message)
    }
    if (elsewhere.reservedQuantity > 0)
      report(7, "failed_with_stock", `the order is ${order.status} and still holds stock`)
    if (elsewhere.salesOrder !== undefined && elsewhere.salesOrder !== "CANCELLED") {
      report(7, "failed_with_sales_order", `the sales order is ${elsewhere.salesOrder}`)
    }
  }
  if (rests && !order.isBeingSwept) {
    for (const { generation, status } of open) {
      report(7, "authorization_left_open", `generation ${generation} is ${status} and the order is ${order.status}`)
    }
    if (open.length === 0 && provider.heldMinor > 0) {
      report(
        7,
        "authorization_left_open",
        `the provider still holds ${provider.heldMinor} and the order is ${order.status}`
      )
    }
  }
  return broken
}

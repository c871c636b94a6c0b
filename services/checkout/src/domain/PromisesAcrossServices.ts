import type { MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { isAtRest, type LedgerStatus } from "./LedgerStatus.ts"

/** An order as the ledger has it. */
export interface OrderInLedger {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly status: LedgerStatus
  readonly generation: number
  readonly totalMinor: MinorUnits
  readonly isParked: boolean
  readonly isQueued: boolean
  readonly isBeingSwept: boolean
  readonly stoodStillMs: number
}

/** The same order as the others have it. */
export interface OrderElsewhere {
  readonly salesOrder: "PENDING" | "CONFIRMED" | "CANCELLED" | undefined
  readonly isStockReserved: boolean
  readonly payments: ReadonlyArray<{
    readonly generation: number
    /** Authorized and neither captured nor voided, as we have it or as the provider does. */
    readonly isHeld: boolean
    readonly capturedMinor: number
    readonly refundedMinor: number
  }>
}

export interface BrokenPromise {
  readonly promise: number
  readonly code: string
  readonly organizationId: OrganizationId
  readonly subject: string
  readonly message: string
}

/**
 * The promises that only show across services, for one order that did not move while it was looked at. Only orders in a
 * final state are judged by what the others hold: on the way there, an effect is always a moment ahead of its record.
 */
export const brokenPromises = (
  order: OrderInLedger,
  elsewhere: OrderElsewhere,
  options: { readonly restMs: number }
): ReadonlyArray<BrokenPromise> => {
  const broken: Array<BrokenPromise> = []
  const report = (promise: number, code: string, message: string) =>
    broken.push({ promise, code, organizationId: order.organizationId, subject: order.orderId, message })

  const captured = elsewhere.payments.filter((payment) => payment.capturedMinor > payment.refundedMinor)
  const held = elsewhere.payments.filter((payment) => payment.isHeld)

  if (captured.length > 1) report(2, "captured_twice", `${captured.length} captures are kept for this order`)
  if (!isAtRest(order.status) && !order.isQueued) {
    report(6, "order_in_limbo", `the order is ${order.status} and nothing will move it on`)
  }
  if (!isAtRest(order.status) && !order.isParked && order.stoodStillMs > options.restMs) {
    report(6, "order_stuck", `the order is ${order.status} and has not moved for ${Math.round(order.stoodStillMs / 1000)} s`)
  }

  if (order.status === "COMPLETED") {
    const [kept] = captured
    if (kept === undefined) report(7, "completed_without_capture", "the order is COMPLETED and no money is captured")
    else if (kept.capturedMinor !== order.totalMinor || kept.refundedMinor !== 0) {
      const message = `captured ${kept.capturedMinor}, refunded ${kept.refundedMinor}, and the order's total is ${order.totalMinor}`
      report(7, "captured_amount_mismatch", message)
    }
    if (!elsewhere.isStockReserved) report(7, "completed_without_stock", "the order is COMPLETED and holds no stock")
    if (elsewhere.salesOrder !== "CONFIRMED") {
      report(7, "completed_without_confirmation", `the sales order is ${elsewhere.salesOrder ?? "missing"}`)
    }
  }

  if (order.status === "FAILED" || order.status === "AUTHORIZATION_FAILED") {
    for (const { generation, capturedMinor, refundedMinor } of captured) {
      const message = `captured ${capturedMinor} and refunded ${refundedMinor} in generation ${generation} of an order that is ${order.status}`
      report(7, "failed_with_capture", message)
    }
    if (elsewhere.isStockReserved) report(7, "failed_with_stock", `the order is ${order.status} and still holds stock`)
    if (elsewhere.salesOrder !== undefined && elsewhere.salesOrder !== "CANCELLED") {
      report(7, "failed_with_sales_order", `the sales order is ${elsewhere.salesOrder}`)
    }
  }
  if (isAtRest(order.status) && !order.isBeingSwept) {
    for (const { generation } of held) {
      report(7, "authorization_left_open", `generation ${generation} is still authorized and the order is ${order.status}`)
    }
  }
  return broken
}

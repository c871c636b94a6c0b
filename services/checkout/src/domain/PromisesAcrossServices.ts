import type { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Finding } from "@valerix/tenancy"
import type { LedgerFindingCode } from "./LedgerFindings.ts"
import type { LedgerStatus } from "./LedgerStatus.ts"
import { isInLimbo, restsOf, type StandingOrder } from "./Standstill.ts"

/** An order as the ledger has it. */
export interface OrderInLedger extends StandingOrder {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly generation: number
  readonly totalMinor: MinorUnits
  readonly currency: Currency
  /** Units of all lines together. */
  readonly quantity: number
  readonly isParked: boolean
  readonly stoodStillMs: number
}

/** The same order as the others have it. */
export interface OrderElsewhere {
  readonly salesOrder:
    | {
        readonly status: "PENDING" | "CONFIRMED" | "CANCELLED"
        readonly totalMinor: number
        readonly currency: Currency
      }
    | undefined
  /** Units that are reserved for the order. */
  readonly reservedQuantity: number
  /** By the books of payments. */
  readonly payments: ReadonlyArray<{
    readonly generation: number
    readonly status: string
    readonly currency: Currency
    readonly amountMinor: number
    readonly capturedMinor: number
    readonly refundedMinor: number
    /** Its tombstone is there. */
    readonly isUndone: boolean
    /** An answer of the provider is missing. */
    readonly isUnresolved: boolean
  }>
  /** By the books of the provider, over all generations. */
  readonly provider: {
    readonly heldMinor: number
    readonly capturedMinor: number
    readonly refundedMinor: number
  }
}

const OPEN: ReadonlySet<string> = new Set(["AUTHORIZING", "AUTHORIZED"])

/** Orders that go forward. */
const FORWARD: ReadonlySet<LedgerStatus> = new Set([
  "AUTHORIZED",
  "ORDER_CREATED",
  "INVENTORY_RESERVED",
  "PAYMENT_CAPTURED",
  "COMPLETED"
])

type Remark = Omit<Finding<LedgerFindingCode>, "organizationId" | "subject">

/**
 * The promises that only show across services, for one order that did not move while it was looked at. Only orders in a
 * final state are judged by what the others hold: on the way there, an effect is always a moment ahead of its record.
 */
export const brokenPromises = (
  order: OrderInLedger,
  elsewhere: OrderElsewhere,
  options: { readonly restMs: number }
): ReadonlyArray<Finding<LedgerFindingCode>> =>
  [
    ...notMovedOn(order, options.restMs),
    ...differentTerms(order, elsewhere),
    ...(order.status === "COMPLETED" ? notExecuted(order, elsewhere) : []),
    ...(restsOf(order) && order.status !== "COMPLETED" ? notUndone(order, elsewhere) : []),
    ...leftOpen(order, elsewhere)
  ].map((remark) => ({ ...remark, organizationId: order.organizationId, subject: order.orderId }))

const notMovedOn = (order: OrderInLedger, restMs: number): ReadonlyArray<Remark> => {
  const { isAbandoned, isParked, status, stoodStillMs } = order
  if (restsOf(order) || isAbandoned) return []
  const remarks: Array<Remark> = []
  if (isInLimbo(order)) {
    const message = `the order is ${status} and nothing will move it on`
    remarks.push({ promise: 6, code: "order_in_limbo", message })
  }
  if (!isParked && stoodStillMs > restMs) {
    const message = `the order is ${status} and has not moved for ${Math.round(stoodStillMs / 1000)} s`
    remarks.push({ promise: 6, code: "order_stuck", message })
  }
  return remarks
}

/** What an order comes to is settled before anybody else hears of it. */
const differentTerms = (order: OrderInLedger, { payments, salesOrder }: OrderElsewhere): ReadonlyArray<Remark> => {
  const terms = (amount: number, currency: Currency) => `${amount} minor units of ${currency}`
  const ours = terms(order.totalMinor, order.currency)
  const remarks: Array<Remark> = []
  if (salesOrder !== undefined && terms(salesOrder.totalMinor, salesOrder.currency) !== ours) {
    const message = `the order is ${ours}, the sales order ${terms(salesOrder.totalMinor, salesOrder.currency)}`
    remarks.push({ promise: 5, code: "sales_order_terms_differ", message })
  }
  for (const { amountMinor, currency, generation } of payments) {
    if (terms(amountMinor, currency) === ours) continue
    const message = `the order is ${ours}, its payment of generation ${generation} ${terms(amountMinor, currency)}`
    remarks.push({ promise: 5, code: "payment_terms_differ", message })
  }
  return remarks
}

const notExecuted = (order: OrderInLedger, elsewhere: OrderElsewhere): ReadonlyArray<Remark> => {
  const { payments, provider, reservedQuantity, salesOrder } = elsewhere
  const remarks: Array<Remark> = []
  if (!payments.some(isKept)) {
    const message = "the order is COMPLETED and no money is captured"
    remarks.push({ promise: 7, code: "completed_without_capture", message })
  }
  if (provider.capturedMinor - provider.refundedMinor !== order.totalMinor) {
    const message = `the provider captured ${provider.capturedMinor} and refunded ${provider.refundedMinor} of an order of ${order.totalMinor}`
    remarks.push({ promise: 7, code: "captured_amount_mismatch", message })
  }
  if (reservedQuantity !== order.quantity) {
    const message = `the order is COMPLETED and holds ${reservedQuantity} of its ${order.quantity} units`
    remarks.push({ promise: 7, code: "completed_without_stock", message })
  }
  if (salesOrder?.status !== "CONFIRMED") {
    const message = `the sales order is ${salesOrder?.status ?? "missing"}`
    remarks.push({ promise: 7, code: "completed_without_confirmation", message })
  }
  return remarks
}

const notUndone = (order: OrderInLedger, elsewhere: OrderElsewhere): ReadonlyArray<Remark> => {
  const { payments, provider, reservedQuantity, salesOrder } = elsewhere
  const { status } = order
  const kept = payments.filter(isKept)
  const remarks = kept.map(({ capturedMinor, generation, refundedMinor }): Remark => {
    const message = `captured ${capturedMinor} and refunded ${refundedMinor} in generation ${generation} of an order that is ${status}`
    return { promise: 7, code: "failed_with_capture", message }
  })
  if (kept.length === 0 && provider.capturedMinor > provider.refundedMinor) {
    const message = `the provider keeps ${provider.capturedMinor - provider.refundedMinor} of an order that is ${status}`
    remarks.push({ promise: 7, code: "failed_with_capture", message })
  }
  if (reservedQuantity > 0) {
    remarks.push({ promise: 7, code: "failed_with_stock", message: `the order is ${status} and still holds stock` })
  }
  if (salesOrder !== undefined && salesOrder.status !== "CANCELLED") {
    remarks.push({ promise: 7, code: "failed_with_sales_order", message: `the sales order is ${salesOrder.status}` })
  }
  return remarks
}

const leftOpen = (order: OrderInLedger, { payments, provider }: OrderElsewhere): ReadonlyArray<Remark> => {
  const { generation, isBeingSwept, status } = order
  const remarks: Array<Remark> = []
  if (FORWARD.has(status) && payments.some((payment) => payment.generation === generation && payment.isUndone)) {
    const message = `the order is ${status} and its payment of generation ${generation} was undone`
    remarks.push({ promise: 7, code: "settled_going_forward", message })
  }
  if (!restsOf(order) || isBeingSwept) return remarks
  const open = payments.filter((payment) => OPEN.has(payment.status))
  for (const payment of open) {
    const message = `generation ${payment.generation} is ${payment.status} and the order is ${status}`
    remarks.push({ promise: 7, code: "authorization_left_open", message })
  }
  if (open.length === 0 && provider.heldMinor > 0) {
    const message = `the provider still holds ${provider.heldMinor} and the order is ${status}`
    remarks.push({ promise: 7, code: "authorization_left_open", message })
  }
  return remarks
}

const isKept = ({ status }: { readonly status: string }): boolean => status === "CAPTURED"

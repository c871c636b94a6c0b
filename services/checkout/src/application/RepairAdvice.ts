import type { InventoryFindingCode } from "@valerix/inventory/contract"
import type { OrdersFindingCode } from "@valerix/orders/contract"
import type { PaymentsFindingCode } from "@valerix/payments/contract"
import type { LedgerFindingCode } from "../domain/LedgerFindings.ts"

/** All that verify can find. */
export type FindingCode = LedgerFindingCode | OrdersFindingCode | InventoryFindingCode | PaymentsFindingCode

const LOST_ORDER =
  "The ledger has lost the order. Was it restored from an older backup? Then restore a newer one, and nothing has to be undone. Otherwise"

/** What a person looks at who has a finding that is not mended as it stands, or that never is by the product. */
export const ADVICE: Readonly<Record<FindingCode, string>> = {
  on_hand_mismatch: "Count what is there; its movements do not tell.",
  reserved_mismatch: "More is held for orders than came in: count what is there, and add stock or cancel orders.",
  balance_out_of_bounds: "Count what is there, and add stock or cancel orders until it covers what is reserved.",
  key_without_movement: "Compare with the delivery of that key: add the stock again, under a new key, if it came in.",
  reference_outside_organization:
    "Rows name what is another organization's: find out what wrote them; restore them from a backup.",
  captured_exceeds_authorized: "Compare with the provider's statement, and refund the difference there.",
  refunded_exceeds_captured: "Compare with the provider's statement; more was given back than taken.",
  captured_more_than_once: "Compare with the provider's statement, and refund the second capture there.",
  provider_disagrees: "Compare the payment with the provider's statement, and put right whichever is wrong.",
  operation_unresolved:
    "The order is under way and asks again by itself, unless it is parked: see `valerix saga show`.",
  effect_unrecorded: "Find out who asked the provider for it, and refund or void it there if nobody of us did.",
  operation_without_payment: "The payment was lost: restore it from a backup, or settle with the provider by hand.",
  key_used_twice:
    "One key had two effects: compare them, and undo one: cancel an order, correct the stock, or refund at the provider.",
  line_without_order: "Lines are never changed or deleted: restore their order from a backup.",
  attempt_without_order: "The timeline is never changed or deleted: restore its order from a backup.",
  row_security_off:
    "Stop the program, compare the schema with its migrations, and give the service's login no more rights than they do.",
  order_total_mismatch: "Compare with what the customer was told, and cancel the order, or correct the amount by hand.",
  order_adjustments_unreadable: "Restore the sales order from a backup: the ledger has its adjustments.",
  order_currency_invalid: "Restore the sales order from a backup: the ledger has its currency.",
  line_total_mismatch: "Compare with the order's lines in the ledger, and restore the line from a backup.",
  order_duplicated: "Two sales orders have one id: compare them with the ledger, and delete the wrong one by hand.",
  sales_order_terms_differ:
    "Compare ledger, sales order and what the customer was told; cancel the order, or correct the wrong one by hand.",
  payment_terms_differ:
    "Compare ledger, payment and the provider's statement; cancel the order, or correct the wrong one by hand.",
  queued_without_order: "Look for the order in a backup.",
  lease_without_order: "Look for the order in a backup.",
  sales_order_without_order: `${LOST_ORDER} cancel the sales order.`,
  reservation_without_order: `${LOST_ORDER} release the stock.`,
  payment_without_order: `${LOST_ORDER} settle the payment: void what is authorized, refund what is captured.`,
  queue_contradicts_ledger: "Look at the order's timeline: `valerix saga show`.",
  lease_contradicts_ledger:
    "The lease is of a generation that the ledger does not know: look for its payment, and settle it.",
  order_in_limbo: "Look at the order's timeline: `valerix saga show`.",
  order_stuck: "It is due, and nobody takes it: is an orchestrator running, of the version that began it?",
  parked_without_reason: "Look at the order's timeline: `valerix saga show`.",
  event_missing: "Look at the order's timeline: `valerix saga show`.",
  completed_without_capture:
    "The provider has no capture to find again: capture by hand, or cancel the order, which releases and cancels it.",
  completed_without_stock:
    "The stock may be sold to others: add what is missing and deliver, or cancel the order, which refunds it.",
  completed_without_confirmation:
    "The sales order is cancelled or lost: cancel the order, which refunds it, or restore the sales order.",
  captured_amount_mismatch: "Compare with the provider's statement; capture or refund the difference there.",
  failed_with_capture: "Our books know of no capture, and the provider has one: refund it there.",
  failed_with_stock: "Look at the order's timeline: `valerix saga show`.",
  failed_with_sales_order: "Look at the order's timeline: `valerix saga show`.",
  authorization_left_open:
    "Our books have no open authorization, and the provider holds money: void it there, or let it expire.",
  settled_going_forward:
    "The order is COMPLETED, and its payment was to be settled: cancel the order, or see whether the money is there.",
  order_active_after_cancel:
    "The ledger does not say that the order came to nothing: cancel the order, or find out who cancelled its sales order.",
  stock_held_after_release:
    "The ledger does not say that the order came to nothing: cancel the order, or find out who released its stock."
}

const isCode = (code: string): code is FindingCode => Object.hasOwn(ADVICE, code)

export const FINDING_CODES: ReadonlyArray<FindingCode> = Object.keys(ADVICE).filter(isCode)

export const adviceOn = (code: string): string => (isCode(code) ? ADVICE[code] : "Nobody knows this finding.")

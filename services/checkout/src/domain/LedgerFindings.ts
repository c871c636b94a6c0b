/** What can be wrong in the ledger, and between it and the other services. The table is in docs/guarantees. */
export type LedgerFindingCode =
  /** Two orders of one principal have the same idempotency key (promise 3). */
  | "key_used_twice"
  /** Lines, or attempts, of an order that the organization's ledger does not have (4). */
  | "line_without_order"
  | "attempt_without_order"
  | "row_security_off"
  /** The total is not items + adjustments (5). */
  | "order_total_mismatch"
  /** Another service has another total or currency than the ledger (5). */
  | "sales_order_terms_differ"
  | "payment_terms_differ"
  /** Something of an order is there, and the order is not (6). */
  | "queued_without_order"
  | "lease_without_order"
  | "sales_order_without_order"
  | "reservation_without_order"
  | "payment_without_order"
  /** The saga queue, or a lease, holds an order that it must not hold as the order stands (6). */
  | "queue_contradicts_ledger"
  | "lease_contradicts_ledger"
  /** Nothing will move the order on (6). */
  | "order_in_limbo"
  /** Nothing has moved the order on for too long (6). */
  | "order_stuck"
  /** A parked order does not say why it is (6). */
  | "parked_without_reason"
  /** The event of what the order came to was never written (6). */
  | "event_missing"
  /** A completed order that was not executed (7). */
  | "completed_without_capture"
  | "completed_without_stock"
  | "completed_without_confirmation"
  | "captured_amount_mismatch"
  /** A failed order that was not undone (7). */
  | "failed_with_capture"
  | "failed_with_stock"
  | "failed_with_sales_order"
  | "authorization_left_open"
  /** The order goes forward, and its payment was undone (7). */
  | "settled_going_forward"

import { isRejected } from "./Operation.ts"
import type { Payment } from "./Payment.ts"
import { ALREADY_CAPTURED } from "./PaymentTransitions.ts"

/** What has to be asked of the provider next, for a payment to be settled. */
export type SettlementStep =
  /** Nothing is held or kept, and nothing can be any more. */
  | "SETTLED"
  /**
   * Ask for the authorization again, under its key. Only so is it definite: a request of another worker may still be
   * on its way, and when it arrives it is given the authorization made here, which is voided by then.
   */
  | "AUTHORIZE"
  /** Void first, whatever is known of a capture: afterwards a capture that is still on its way is refused. */
  | "VOID"
  /** The void was refused because of a capture: learn which. */
  | "FIND_CAPTURE"
  | "REFUND"

export const settlementStep = (payment: Payment): SettlementStep => {
  switch (payment.state.status) {
    case "AUTHORIZING":
      return "AUTHORIZE"
    case "AUTHORIZED":
      return isRejected(payment.operations.VOID, ALREADY_CAPTURED) ? "FIND_CAPTURE" : "VOID"
    case "CAPTURED":
      return "REFUND"
    case "DECLINED":
    case "VOIDED":
    case "EXPIRED":
    case "REFUNDED":
      return "SETTLED"
  }
}

import type { Fenced } from "@valerix/saga"
import type { PaymentKey } from "../domain/Payment.ts"

/** A command as its fence sees it. */
export interface FencedPayment extends PaymentKey {
  readonly epoch: number
}

/** An order's execution is the saga, and each generation of its payment has a fence of its own. */
export const fenced = ({ epoch, generation, orderId, organizationId }: FencedPayment): Fenced => ({
  organizationId,
  sagaId: orderId,
  epoch,
  generation
})

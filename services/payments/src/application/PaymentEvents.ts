import type { DomainEvent } from "@valerix/messaging"
import { formatAmount } from "@valerix/money-and-ids"
import { amountsOf, type Payment } from "../domain/Payment.ts"
import type { PaymentChange } from "./ports/PaymentRepository.ts"

const EVENT_VERSION = 1

/** The event of a change of status, if it was one. */
export const eventsOf = (
  { after, before }: PaymentChange,
  correlationId: string | undefined
): ReadonlyArray<DomainEvent> => {
  if (after.state.status === before.state.status) return []
  const told = eventOf(after)
  return told === undefined
    ? []
    : [
        {
          organizationId: after.organizationId,
          eventType: told.type,
          eventVersion: EVENT_VERSION,
          aggregateType: "payment",
          aggregateId: after.paymentId,
          correlationId,
          payload: { order_id: after.orderId, payment_id: after.paymentId, ...told.payload }
        }
      ]
}

const eventOf = (payment: Payment) => {
  const { authorizedMinor, capturedMinor, refundedMinor } = amountsOf(payment)
  const of = (amountMinor: number) => ({
    amount: { amount: formatAmount(amountMinor, payment.currency), currency: payment.currency },
    payment_method: payment.method
  })
  switch (payment.state.status) {
    case "AUTHORIZING":
      return undefined
    case "AUTHORIZED":
      return {
        type: "payment.authorized",
        payload: { ...of(authorizedMinor), expires_at: payment.state.authorization.expiresAt.toISOString() }
      }
    case "DECLINED":
      return { type: "payment.failed", payload: { reason: payment.state.code } }
    case "CAPTURED":
      return { type: "payment.processed", payload: of(capturedMinor) }
    case "VOIDED":
      return { type: "payment.voided", payload: of(authorizedMinor) }
    case "EXPIRED":
      return { type: "payment.expired", payload: of(authorizedMinor) }
    case "REFUNDED":
      return { type: "payment.refunded", payload: of(refundedMinor) }
  }
}

import type { DomainEvent } from "@valerix/messaging"
import { formatAmount } from "@valerix/money-and-ids"
import type {
  PaymentAuthorized,
  PaymentExpired,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  PaymentVoided
} from "../contract/PaymentEvents.ts"
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
  if (told === undefined) return []
  const event: DomainEvent = {
    organizationId: after.organizationId,
    eventType: told.type,
    eventVersion: EVENT_VERSION,
    aggregateType: "payment",
    aggregateId: after.paymentId,
    correlationId,
    payload: told.payload
  }
  return [event]
}

// Payloads are written in their encoded form, checked by the compiler: encoding a vector of them by schema takes time.
type Told =
  | { readonly type: "payment.authorized"; readonly payload: typeof PaymentAuthorized.Encoded }
  | { readonly type: "payment.failed"; readonly payload: typeof PaymentFailed.Encoded }
  | { readonly type: "payment.processed"; readonly payload: typeof PaymentProcessed.Encoded }
  | { readonly type: "payment.voided"; readonly payload: typeof PaymentVoided.Encoded }
  | { readonly type: "payment.expired"; readonly payload: typeof PaymentExpired.Encoded }
  | { readonly type: "payment.refunded"; readonly payload: typeof PaymentRefunded.Encoded }

const eventOf = (payment: Payment): Told | undefined => {
  const { currency, method, orderId, paymentId, state } = payment
  const { authorizedMinor, capturedMinor, refundedMinor } = amountsOf(payment)
  const names = { order_id: orderId, payment_id: paymentId }
  const sum = (amountMinor: number) => ({
    ...names,
    amount: { amount: formatAmount(amountMinor, currency), currency },
    payment_method: method
  })
  switch (state.status) {
    case "AUTHORIZING":
      return undefined
    case "AUTHORIZED": {
      const expires_at = state.authorization.expiresAt.toISOString()
      return { type: "payment.authorized", payload: { ...sum(authorizedMinor), expires_at } }
    }
    case "DECLINED":
      return { type: "payment.failed", payload: { ...names, reason: state.code } }
    case "CAPTURED":
      return { type: "payment.processed", payload: sum(capturedMinor) }
    case "VOIDED":
      return { type: "payment.voided", payload: sum(authorizedMinor) }
    case "EXPIRED":
      return { type: "payment.expired", payload: sum(authorizedMinor) }
    case "REFUNDED":
      return { type: "payment.refunded", payload: sum(refundedMinor) }
  }
}

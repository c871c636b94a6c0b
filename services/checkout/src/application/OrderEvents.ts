import type { DomainEvent } from "@valerix/messaging"
import { type Currency, type CustomerId, formatAmount } from "@valerix/money-and-ids"
import type { Conclusion } from "./ports/OrderLedger.ts"

/** What the event of an authorized order tells of it. */
export interface AuthorizedOrder {
  readonly customerId: CustomerId
  readonly email: string | undefined
  readonly currency: Currency
  readonly totalMinor: number
}

/** The order has a live authorization, and will be executed. */
export const orderAuthorized = (
  conclusion: Extract<Conclusion, { readonly _tag: "Authorized" }>,
  { currency, customerId, email, totalMinor }: AuthorizedOrder
): DomainEvent => ({
  organizationId: conclusion.organizationId,
  eventType: "order.authorized",
  eventVersion: 1,
  aggregateType: "order",
  aggregateId: conclusion.orderId,
  correlationId: conclusion.correlationId,
  payload: {
    order_id: conclusion.orderId,
    user_id: customerId,
    email: email ?? null,
    total_amount: { amount: formatAmount(totalMinor, currency), currency },
    payment_authorization_id: conclusion.authorizationId
  }
})

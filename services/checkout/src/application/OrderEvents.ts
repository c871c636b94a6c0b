import type { DomainEvent } from "@valerix/messaging"
import { type Currency, type CustomerId, formatAmount } from "@valerix/money-and-ids"
import type { SagaEnd } from "@valerix/saga"
import type { Conclusion, LedgerEntry } from "./ports/OrderLedger.ts"

/** What the event of an authorized order tells of it. */
export interface AuthorizedOrder {
  readonly customerId: CustomerId
  readonly email: string | undefined
  readonly currency: Currency
  readonly totalMinor: number
}

/** The order has a live authorization, and will be executed. */
export const orderAuthorized = (
  conclusion: Pick<
    Extract<Conclusion, { readonly _tag: "Authorized" }>,
    "organizationId" | "orderId" | "correlationId" | "authorizationId"
  >,
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

/** The order has ended: it is COMPLETED, or FAILED and undone. */
export const orderEnded = (
  entry: Pick<LedgerEntry, "organizationId" | "orderId" | "correlationId" | "customerId" | "totalMinor" | "currency">,
  end: SagaEnd
): DomainEvent => ({
  organizationId: entry.organizationId,
  eventType: end._tag === "Completed" ? "order.completed" : "order.failed",
  eventVersion: 1,
  aggregateType: "order",
  aggregateId: entry.orderId,
  correlationId: entry.correlationId,
  payload: {
    order_id: entry.orderId,
    user_id: entry.customerId,
    total_amount: { amount: formatAmount(entry.totalMinor, entry.currency), currency: entry.currency },
    ...reasonOf(end)
  }
})

const reasonOf = (end: SagaEnd) =>
  end._tag === "Completed" ? {} : { reason: end.failure?.code ?? "unknown", step: end.failure?.step ?? null }

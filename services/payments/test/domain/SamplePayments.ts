import { Currency, MinorUnits, makeOrderId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Redacted, Result } from "effect"
import type { Payment, PaymentStatus } from "../../src/domain/Payment.ts"
import { makePaymentId } from "../../src/domain/PaymentId.ts"
import {
  begin,
  type Recorded,
  recordAuthorized,
  recordCaptured,
  recordDeclined,
  recordExpired,
  recordRefunded,
  recordVoided
} from "../../src/domain/PaymentTransitions.ts"

export const AMOUNT = MinorUnits.make(1_999)
export const AUTHORIZATION = { authorizationId: "auth_1", expiresAt: new Date("2030-01-01T00:00:00Z") }
export const CAPTURE = { captureId: "cap_1", amountMinor: AMOUNT }
export const DECLINE = { code: "insufficient_funds", message: "The card has insufficient funds." }

export const take = (recorded: Recorded): Payment => Result.getOrThrow(recorded)

/** A payment in each status, as it comes about. */
export const paymentIn = (status: PaymentStatus): Payment => {
  const fresh: Payment = {
    organizationId: OrganizationId.make(uuidV7()),
    orderId: makeOrderId(),
    generation: 1,
    paymentId: makePaymentId(),
    customerId: uuidV7(),
    method: "card",
    currency: Currency.make("EUR"),
    amountMinor: AMOUNT,
    state: { status: "AUTHORIZING" },
    operations: {}
  }
  const authorizing = begin(fresh, "AUTHORIZE", AMOUNT, Redacted.make("tok"))
  const authorized = take(recordAuthorized(authorizing, AUTHORIZATION))
  const captured = take(recordCaptured(begin(authorized, "CAPTURE", AMOUNT), CAPTURE))
  switch (status) {
    case "AUTHORIZING":
      return authorizing
    case "DECLINED":
      return take(recordDeclined(authorizing, DECLINE))
    case "AUTHORIZED":
      return authorized
    case "VOIDED":
      return take(recordVoided(begin(authorized, "VOID", AMOUNT), "void_1"))
    case "EXPIRED":
      return take(recordExpired(begin(authorized, "VOID", AMOUNT)))
    case "CAPTURED":
      return captured
    case "REFUNDED":
      return take(recordRefunded(begin(captured, "REFUND", AMOUNT), "ref_1"))
  }
}

import { Money, OrderId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"

const names = { order_id: OrderId, payment_id: Uuid }
const sum = { ...names, amount: Money, payment_method: Schema.String }

/** Payload of `payment.authorized`, version 1: the provider holds the amount until it expires. */
export const PaymentAuthorized = Schema.Struct({ ...sum, expires_at: Schema.DateFromString })

/** Payload of `payment.failed`, version 1: the payment was declined; `reason` is the provider's code. */
export const PaymentFailed = Schema.Struct({ ...names, reason: Schema.String })

/** Payload of `payment.processed`, version 1: the amount is captured. */
export const PaymentProcessed = Schema.Struct(sum)

/** Payload of `payment.voided`, version 1: what was held is let go. */
export const PaymentVoided = Schema.Struct(sum)

/** Payload of `payment.expired`, version 1: the provider let go by itself of what it held. */
export const PaymentExpired = Schema.Struct(sum)

/** Payload of `payment.refunded`, version 1: what was captured is given back. */
export const PaymentRefunded = Schema.Struct(sum)

import { Uuid, uuidV7 } from "@valerix/money-and-ids"
import { Schema } from "effect"

export const PaymentId = Uuid.pipe(Schema.brand("PaymentId"))
export type PaymentId = typeof PaymentId.Type
export const makePaymentId = (): PaymentId => PaymentId.make(uuidV7(), { disableChecks: true })

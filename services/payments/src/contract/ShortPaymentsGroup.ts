import { notes, TenantScope } from "@valerix/http/contract"
import { Currency, formatAmount, Money, parseAmount, Uuid } from "@valerix/money-and-ids"
import { Effect, Option, Schema, SchemaTransformation } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import {
  GatewayErrorProblem,
  IdempotencyKeyReusedProblem,
  PaymentNotFoundProblem,
  PaymentSettledProblem
} from "./PaymentProblems.ts"
import { PaymentResult, PaymentToken } from "./PaymentSchemas.ts"

const ORDER_MAX_CHARACTERS = 200
const CURRENCY = Currency.make("EUR")

const isAmount = (text: string) => Option.isSome(parseAmount(text, CURRENCY))
const asMoney = (text: string) => ({ amountMinor: Option.getOrThrow(parseAmount(text, CURRENCY)), currency: CURRENCY })
const InMinorUnits = Schema.toType(Money)

const AmountText = Schema.String.check(
  Schema.makeFilter((text) => isAmount(text) || "must be a decimal string with at most 2 decimals")
).pipe(
  Schema.decodeTo(
    InMinorUnits,
    SchemaTransformation.transform({
      decode: asMoney,
      encode: ({ amountMinor, currency }) => formatAmount(amountMinor, currency)
    })
  )
)

const AmountNumber = Schema.Finite.check(
  Schema.makeFilter((amount) => isAmount(String(amount)) || "must be a number with at most 2 decimals")
).pipe(
  Schema.decodeTo(
    InMinorUnits,
    SchemaTransformation.transform({
      decode: (amount) => asMoney(String(amount)),
      encode: ({ amountMinor, currency }) => Number(formatAmount(amountMinor, currency))
    })
  )
)

/** `19.99`, `"19.99"`, both in euros, or money with its currency. */
const Amount = Schema.Union([AmountNumber, AmountText, Money]).check(
  Schema.makeFilter(({ amountMinor }) => amountMinor > 0 || "must be more than 0")
)

export const PayForOrderBody = Schema.Struct({
  /** An order by its id; anything else names an order of the caller's own. */
  order_id: Schema.NonEmptyString.check(Schema.isMaxLength(ORDER_MAX_CHARACTERS)),
  amount: Amount.pipe(Schema.withDecodingDefaultKey(Effect.succeed(99.99))),
  payment_token: Schema.optionalKey(PaymentToken)
})

/** A payment for a caller who wants to know only whether it was made. */
export const ShortPaymentView = Schema.Struct({
  id: Uuid,
  order_id: Schema.String,
  amount: Money,
  status: PaymentResult,
  decline_code: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "ShortPayment" })

const payNotes = notes({
  summary: "Pay for an order",
  description:
    "Authorizes and captures in one go. An order has one payment: asking again continues it, or finds what came of it. SUCCESS and FAILED are final; PENDING waits for the provider.",
  examples: {
    usual: { summary: "The usual amount", value: { order_id: "01900000-0000-7000-8000-00000000002a" } },
    amount: { summary: "Another amount, in euros", value: { order_id: "ORD-1", amount: 19.99 } },
    money: {
      summary: "Another currency",
      value: { order_id: "ORD-2", amount: { amount: "19.99", currency: "USD" } }
    }
  }
})

/** Payments in their shortest form, without prefix. Not public. */
export const ShortPaymentsGroup = HttpApiGroup.make("short-payments")
  .add(
    HttpApiEndpoint.post("payForOrder", "/payments", {
      payload: PayForOrderBody,
      success: ShortPaymentView.pipe(HttpApiSchema.status(201)),
      error: [IdempotencyKeyReusedProblem, PaymentSettledProblem, GatewayErrorProblem]
    }).annotateMerge(payNotes),
    HttpApiEndpoint.get("getPayment", "/payments/:payment_id", {
      params: { payment_id: Uuid },
      success: ShortPaymentView,
      error: PaymentNotFoundProblem
    })
  )
  .middleware(TenantScope)

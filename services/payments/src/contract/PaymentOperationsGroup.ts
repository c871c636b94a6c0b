import { TemporarilyUnavailable, TenantScope } from "@valerix/http/contract"
import { AMOUNT_MAX_MINOR, Currency, Money, OrderId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import {
  AlreadyCapturedProblem,
  AlreadyVoidedProblem,
  AuthorizationExpiredProblem,
  AuthorizationNotFoundProblem,
  GatewayErrorProblem,
  IdempotencyKeyReusedProblem,
  NotCapturedProblem,
  PaymentDeclinedProblem,
  PaymentRejectedProblem,
  PaymentSettledProblem
} from "./PaymentProblems.ts"
import { PaymentResult, PaymentToken } from "./PaymentSchemas.ts"

const GENERATION_MAX = 1_000_000_000
const EPOCH_MAX = 2_147_483_647

const text = (lengthMax: number) => Schema.NonEmptyString.check(Schema.isMaxLength(lengthMax))

/** An amount in the currency's minor unit, cents for EUR. */
const AmountCents = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: AMOUNT_MAX_MINOR }))
/** `authorize-{order}-{generation}` names a payment of an order of ours; any other key stands for one of its own. */
const IdempotencyKey = text(255)
const CustomerReference = text(255)
const Reason = Schema.String.check(Schema.isMaxLength(1_000))
const OfAuthorization = { authorization_id: text(255) }

export const AuthorizeBody = Schema.Struct({
  user_id: CustomerReference,
  amount_cents: AmountCents,
  currency: Currency,
  payment_token: PaymentToken,
  idempotency_key: IdempotencyKey,
  payment_method: Schema.optionalKey(text(50))
})

export const AuthorizedView = Schema.Struct({
  authorization_id: Schema.String,
  payment_id: Uuid,
  order_id: OrderId,
  status: Schema.Literals(["AUTHORIZED", "CAPTURED"]),
  amount_cents: Schema.Int,
  currency: Currency,
  expires_at: Schema.DateFromString,
  created_at: Schema.DateFromString
}).annotate({ identifier: "Authorized" })

/** An authorization has one capture, so the key is taken note of and not needed. */
export const CaptureBody = Schema.Struct({
  idempotency_key: IdempotencyKey,
  amount_cents: Schema.optionalKey(AmountCents)
})

export const CapturedView = Schema.Struct({
  capture_id: Schema.String,
  authorization_id: Schema.String,
  status: Schema.Literal("CAPTURED"),
  amount_cents: Schema.Int,
  currency: Currency,
  captured_at: Schema.DateFromString
}).annotate({ identifier: "Captured" })

export const ReverseBody = Schema.Struct({ idempotency_key: IdempotencyKey, reason: Schema.optionalKey(Reason) })

export const VoidedView = Schema.Struct({
  authorization_id: Schema.String,
  status: Schema.Literals(["VOIDED", "EXPIRED"]),
  voided_at: Schema.DateFromString
}).annotate({ identifier: "Voided" })

export const RefundedView = Schema.Struct({
  authorization_id: Schema.String,
  refund_id: Schema.optionalKey(Schema.String),
  status: Schema.Literal("REFUNDED"),
  amount_cents: Schema.Int,
  currency: Currency,
  refunded_at: Schema.DateFromString
}).annotate({ identifier: "Refunded" })

export const SettleBody = Schema.Struct({
  order_id: OrderId,
  generation: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: GENERATION_MAX })),
  epoch: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: EPOCH_MAX })))
})

export const SettledView = Schema.Struct({
  order_id: OrderId,
  generation: Schema.Int,
  status: Schema.Literal("SETTLED")
}).annotate({ identifier: "Settled" })

export const PayBody = Schema.Struct({
  order_id: text(200),
  amount: Money.check(
    Schema.makeFilter(({ amountMinor }) =>
      amountMinor > 0 ? undefined : { path: ["amount"], issue: "must be more than 0" }
    )
  ),
  payment_token: Schema.optionalKey(PaymentToken)
})

export const PaidView = Schema.Struct({
  payment_id: Schema.optionalKey(Uuid),
  order_id: Schema.String,
  status: PaymentResult,
  decline_code: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Paid" })

const conflicts = [
  AuthorizationNotFoundProblem,
  AlreadyVoidedProblem,
  AlreadyCapturedProblem,
  AuthorizationExpiredProblem,
  NotCapturedProblem,
  PaymentRejectedProblem,
  PaymentSettledProblem,
  GatewayErrorProblem
] as const

/** Payments step by step, for callers in another process. Not public. */
export const PaymentOperationsGroup = HttpApiGroup.make("paymentOperations")
  .add(
    HttpApiEndpoint.post("authorize", "/payments/authorize", {
      payload: AuthorizeBody,
      success: AuthorizedView,
      error: [PaymentDeclinedProblem, PaymentSettledProblem, IdempotencyKeyReusedProblem, GatewayErrorProblem]
    }),
    HttpApiEndpoint.post("capture", "/payments/capture/:authorization_id", {
      params: OfAuthorization,
      payload: CaptureBody,
      success: CapturedView,
      error: [...conflicts, IdempotencyKeyReusedProblem]
    }),
    HttpApiEndpoint.post("void", "/payments/void/:authorization_id", {
      params: OfAuthorization,
      payload: ReverseBody,
      success: VoidedView,
      error: conflicts
    }),
    HttpApiEndpoint.post("refund", "/payments/refund/:authorization_id", {
      params: OfAuthorization,
      payload: ReverseBody,
      success: RefundedView,
      error: conflicts
    }),
    HttpApiEndpoint.post("settle", "/payments/settle", {
      payload: SettleBody,
      success: SettledView,
      error: [PaymentRejectedProblem, PaymentSettledProblem, TemporarilyUnavailable]
    }),
    HttpApiEndpoint.post("pay", "/payments", {
      payload: PayBody,
      success: PaidView.pipe(HttpApiSchema.status(201)),
      error: IdempotencyKeyReusedProblem
    })
  )
  .middleware(TenantScope)

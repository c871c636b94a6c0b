import { Paged } from "@valerix/http/paging"
import { Money, OrderId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"

/**
 * Where a payment stands. AUTHORIZING: it is not known yet whether it is authorized. AUTHORIZED: the provider holds the
 * money. CAPTURED: it took it. In the others nothing is held or kept.
 */
export const PaymentStatusName = Schema.Literals([
  "AUTHORIZING",
  "DECLINED",
  "AUTHORIZED",
  "VOIDED",
  "EXPIRED",
  "CAPTURED",
  "REFUNDED"
])

/** The same for a caller who wants to know only whether it was paid: PENDING until it is captured or cannot be any more. */
export const PaymentResult = Schema.Literals(["PENDING", "SUCCESS", "FAILED"])

const TOKEN_MAX_CHARACTERS = 1_000

/** What the provider knows a means of payment by. */
export const PaymentToken = Schema.NonEmptyString.check(Schema.isMaxLength(TOKEN_MAX_CHARACTERS))

const Reason = { code: Schema.optionalKey(Schema.String), message: Schema.optionalKey(Schema.String) }

/** One thing asked of the provider, however often it was asked. */
export const PaymentOperationView = Schema.Struct({
  kind: Schema.Literals(["AUTHORIZE", "CAPTURE", "VOID", "REFUND"]),
  /** PENDING and UNKNOWN: it may have happened. */
  state: Schema.Literals(["PENDING", "UNKNOWN", "SUCCEEDED", "DECLINED", "REJECTED"]),
  /** The idempotency key at the provider. */
  key: Schema.String,
  attempts: Schema.Int,
  amount: Money,
  /** What the provider calls the effect. */
  reference: Schema.optionalKey(Schema.String),
  ...Reason,
  requested_at: Schema.DateFromString,
  attempted_at: Schema.DateFromString,
  answered_at: Schema.optionalKey(Schema.DateFromString)
}).annotate({ identifier: "PaymentOperation" })

export const PaymentView = Schema.Struct({
  payment_id: Uuid,
  order_id: OrderId,
  /** Counts the authorizations of an order from 1. */
  generation: Schema.Int,
  customer_id: Schema.String,
  status: PaymentStatusName,
  result: PaymentResult,
  payment_method: Schema.String,
  amount: Money,
  authorized: Money,
  captured: Money,
  refunded: Money,
  authorization_id: Schema.optionalKey(Schema.String),
  expires_at: Schema.optionalKey(Schema.DateFromString),
  decline_code: Schema.optionalKey(Schema.String),
  decline_message: Schema.optionalKey(Schema.String),
  created_at: Schema.DateFromString,
  updated_at: Schema.DateFromString,
  operations: Schema.Array(PaymentOperationView)
}).annotate({ identifier: "Payment" })

/** Payments, newest first. */
export const PaymentPage = Paged(PaymentView, Schema.Tuple([Uuid]))

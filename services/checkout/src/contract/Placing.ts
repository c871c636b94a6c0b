import { Schema } from "effect"
import * as Problems from "./OrderProblems.ts"

/** The headers of a request that places an order. */
export const PLACING_HEADERS = {
  "idempotency-key": Schema.optionalKey(Schema.String),
  prefer: Schema.optionalKey(Schema.String)
}

/** What may come of placing an order instead of the order. */
export const PLACING_PROBLEMS = [
  Problems.MissingIdempotencyKey,
  Problems.OrderNotAcceptable,
  Problems.IdempotencyKeyReused,
  Problems.RequestInProgress,
  Problems.PaymentDeclined,
  Problems.InsufficientStock,
  Problems.OrderCancelled,
  Problems.OrderFailed,
  Problems.GatewayError,
  Problems.TooManyWaiting
] as const

import { Schema } from "effect"

/** What every problem of the API says (RFC 9457); what it says besides is kept as it came. */
export const ProblemDocument = Schema.StructWithRest(
  Schema.Struct({
    title: Schema.String,
    status: Schema.Int,
    code: Schema.String,
    detail: Schema.optionalKey(Schema.String),
    errors: Schema.optionalKey(Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String }))),
    correlation_id: Schema.optionalKey(Schema.String),
    /** The order that it is about. */
    order_id: Schema.optionalKey(Schema.String)
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)
export type ProblemDocument = typeof ProblemDocument.Type

/** What to do about a problem, where more can be said than the problem itself says. */
const ADVICE: Readonly<Record<string, string>> = {
  validation_error: "Correct what is named.",
  order_not_acceptable: "Correct what is named; valerix products list shows what can be ordered.",
  payment_declined: "This order has ended. Another one, with another --payment-token, takes another --key.",
  insufficient_stock:
    "This order has ended. Order less under another --key, or book stock first: valerix products receive.",
  order_failed: "This order has ended; valerix orders show tells what was tried.",
  idempotency_key_reused: "Take another --key, or send again exactly what was sent under this one.",
  request_in_progress: "Ask again with the same --key in a moment.",
  gateway_error: "Nothing was charged. Ask again with the same --key.",
  overloaded: "Ask again with the same --key in a moment.",
  temporarily_unavailable: "Ask again in a moment.",
  not_ready: "Ask again in a moment.",
  internal_error: "The cause is in the log of Valerix, under the correlation id.",
  not_found: "valerix orders list shows what there is; --organization says whose.",
  product_not_found: "valerix products list shows what there is; --organization says whose.",
  duplicate_sku: "Take another SKU, or book stock for the product that has it: valerix products receive.",
  route_not_found: "Is it a Valerix of this version that --url names?"
}

/** A problem as a person reads it: what, which fields, what to do, and how to find it in the log. */
export const problemText = ({ code, correlation_id, detail, errors = [], order_id, title }: ProblemDocument): string =>
  [
    `${title} [${code}]`,
    ...(detail === undefined || detail === title ? [] : [`  ${detail}`]),
    ...errors.map(({ field, message }) => `  ${field}: ${message}`),
    ...(ADVICE[code] === undefined ? [] : [`  ${ADVICE[code]}`]),
    ...(order_id === undefined ? [] : [`  order ${order_id}`]),
    ...(correlation_id === undefined ? [] : [`  correlation id ${correlation_id}`])
  ].join("\n")

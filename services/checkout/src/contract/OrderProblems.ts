import { Problem } from "@valerix/http/contract"
import { OrderId, ProductId } from "@valerix/money-and-ids"
import { Schema } from "effect"

const order = { order_id: Schema.optionalKey(OrderId) }

export class MissingIdempotencyKey extends Problem<MissingIdempotencyKey>()("MissingIdempotencyKey", {
  code: "missing_idempotency_key",
  status: 400,
  title: "The header Idempotency-Key is missing or is not 1 to 255 visible ASCII characters."
}) {}

export class OrderNotAcceptable extends Problem<OrderNotAcceptable>()("OrderNotAcceptable", {
  code: "order_not_acceptable",
  status: 422,
  title: "The order names products, prices or amounts that do not fit together."
}) {}

export class IdempotencyKeyReused extends Problem<IdempotencyKeyReused>()("IdempotencyKeyReused", {
  code: "idempotency_key_reused",
  status: 422,
  title: "The idempotency key was used before with another request."
}) {}

export class RequestInProgress extends Problem<RequestInProgress>()("RequestInProgress", {
  code: "request_in_progress",
  status: 409,
  title: "A request with this idempotency key is being processed."
}) {}

export class OrderNotFound extends Problem<OrderNotFound>()("OrderNotFound", {
  code: "not_found",
  status: 404,
  title: "There is no such order."
}) {}

export class PaymentDeclined extends Problem<PaymentDeclined>()("PaymentDeclined", {
  code: "payment_declined",
  status: 402,
  title: "The payment was declined.",
  members: { ...order, decline_code: Schema.String, is_retryable: Schema.Boolean }
}) {}

export class InsufficientStock extends Problem<InsufficientStock>()("InsufficientStock", {
  code: "insufficient_stock",
  status: 409,
  title: "There is not enough stock.",
  members: {
    ...order,
    product_id: Schema.optionalKey(ProductId),
    product_sku: Schema.optionalKey(Schema.String),
    requested: Schema.optionalKey(Schema.Number),
    available: Schema.optionalKey(Schema.Number)
  }
}) {}

export class OrderCancelled extends Problem<OrderCancelled>()("OrderCancelled", {
  code: "order_cancelled",
  status: 409,
  title: "The order was cancelled.",
  members: order
}) {}

export class OrderFailed extends Problem<OrderFailed>()("OrderFailed", {
  code: "order_failed",
  status: 409,
  title: "The order could not be executed and was undone.",
  members: { ...order, reason: Schema.String, step: Schema.String }
}) {}

export class InvalidStatusTransition extends Problem<InvalidStatusTransition>()("InvalidStatusTransition", {
  code: "invalid_status_transition",
  status: 409,
  title: "The order's status does not allow this.",
  members: { ...order, current_status: Schema.String, attempted_status: Schema.String }
}) {}

export class GatewayError extends Problem<GatewayError>()("GatewayError", {
  code: "gateway_error",
  status: 503,
  title: "The payment could not be authorized now; the same request may be sent again.",
  members: { is_retryable: Schema.Boolean }
}) {}

export class TooManyWaiting extends Problem<TooManyWaiting>()("TooManyWaiting", {
  code: "overloaded",
  status: 503,
  title: "Too many orders are waiting to be accepted; the same request may be sent again."
}) {}

import { Problem } from "@valerix/http/contract"
import { Schema } from "effect"

export class PaymentNotFoundProblem extends Problem<PaymentNotFoundProblem>()("PaymentNotFoundProblem", {
  code: "payment_not_found",
  status: 404,
  title: "There is no such payment."
}) {}

export class AuthorizationNotFoundProblem extends Problem<AuthorizationNotFoundProblem>()(
  "AuthorizationNotFoundProblem",
  { code: "authorization_not_found", status: 404, title: "There is no such authorization." }
) {}

/** Final: the same key is answered the same. */
export class PaymentDeclinedProblem extends Problem<PaymentDeclinedProblem>()("PaymentDeclinedProblem", {
  code: "payment_declined",
  status: 402,
  title: "The payment was declined.",
  members: { decline_code: Schema.String, message: Schema.String, is_retryable: Schema.Literal(false) }
}) {}

/** The provider gave no definite answer. The same request with the same key finds what came of it. */
export class GatewayErrorProblem extends Problem<GatewayErrorProblem>()("GatewayErrorProblem", {
  code: "gateway_error",
  status: 503,
  title: "The payment provider did not answer.",
  members: { is_retryable: Schema.Literal(true) }
}) {}

export class IdempotencyKeyReusedProblem extends Problem<IdempotencyKeyReusedProblem>()("IdempotencyKeyReusedProblem", {
  code: "idempotency_key_reused",
  status: 422,
  title: "The key was used for a different request."
}) {}

/** The payment was settled: it is not authorized or captured any more by this request. */
export class PaymentSettledProblem extends Problem<PaymentSettledProblem>()("PaymentSettledProblem", {
  code: "payment_settled",
  status: 409,
  title: "The payment was settled."
}) {}

export class AlreadyVoidedProblem extends Problem<AlreadyVoidedProblem>()("AlreadyVoidedProblem", {
  code: "already_voided",
  status: 409,
  title: "The authorization was voided."
}) {}

export class AlreadyCapturedProblem extends Problem<AlreadyCapturedProblem>()("AlreadyCapturedProblem", {
  code: "already_captured",
  status: 409,
  title: "The authorization was captured."
}) {}

export class AuthorizationExpiredProblem extends Problem<AuthorizationExpiredProblem>()("AuthorizationExpiredProblem", {
  code: "authorization_expired",
  status: 409,
  title: "The authorization has expired."
}) {}

export class NotCapturedProblem extends Problem<NotCapturedProblem>()("NotCapturedProblem", {
  code: "not_captured",
  status: 409,
  title: "The payment is not captured."
}) {}

export class PaymentRejectedProblem extends Problem<PaymentRejectedProblem>()("PaymentRejectedProblem", {
  code: "payment_rejected",
  status: 409,
  title: "The payment does not allow this."
}) {}

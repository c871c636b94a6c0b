import { Data } from "effect"

/** There is no such payment in the organization. */
export class PaymentNotFound extends Data.TaggedError("PaymentNotFound")<{ readonly reference: string }> {}

/** The provider declined the means of payment; a repetition under the same key is answered the same. */
export class PaymentDeclined extends Data.TaggedError("PaymentDeclined")<{
  readonly code: string
  readonly message: string
}> {}

/** The key stands for a payment, or a capture, with other terms. */
export class TermsDiffer extends Data.TaggedError("TermsDiffer")<{ readonly message: string }> {}

/** The payment was settled: nothing is authorized or captured under its key any more. */
export class PaymentSettled extends Data.TaggedError("PaymentSettled") {}

/** What the payment is does not allow what is asked. */
export class PaymentStateConflict extends Data.TaggedError("PaymentStateConflict")<{
  readonly code: "already_voided" | "already_captured" | "authorization_expired" | "not_captured" | "rejected"
  readonly message: string
}> {}

/** The provider gave no definite answer: the same request may be sent again. */
export class ProviderUnavailable extends Data.TaggedError("ProviderUnavailable")<{ readonly reason: string }> {}

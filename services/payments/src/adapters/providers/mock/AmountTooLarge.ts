import type { Rejected } from "../../../application/ports/PaymentProvider.ts"

/** Why a capture or a refund of too much is not made, in the words of the mock provider. */
const tooLarge = (message: string): Rejected => ({ _tag: "Rejected", code: "amount_too_large", message })

export const CAPTURE_TOO_LARGE = tooLarge("More than the authorized amount cannot be captured.")
export const REFUND_TOO_LARGE = tooLarge("More than is captured cannot be refunded.")

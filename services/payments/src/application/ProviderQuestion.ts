import type { MinorUnits } from "@valerix/money-and-ids"
import { providerKey } from "../domain/Operation.ts"
import type { Payment } from "../domain/Payment.ts"
import type {
  AuthorizeRequest,
  CaptureRequest,
  ProviderRequest,
  RefundRequest,
  VoidRequest
} from "./ports/PaymentProvider.ts"

/** What is to be asked of the provider for one payment. */
export type Question =
  | { readonly _tag: "Authorize"; readonly request: AuthorizeRequest }
  | { readonly _tag: "Capture"; readonly request: CaptureRequest }
  | { readonly _tag: "Void"; readonly request: VoidRequest }
  | { readonly _tag: "Refund"; readonly request: RefundRequest }
  | { readonly _tag: "FindCapture"; readonly request: ProviderRequest }

/** To ask about a payment's begun operation; none when the payment lacks what it takes to ask. */
export const askAbout = (payment: Payment, about: Question["_tag"]) => {
  const question = questionOf(payment, about)
  return question === undefined ? undefined : { _tag: "Ask" as const, payment, question }
}

const questionOf = (payment: Payment, about: Question["_tag"]): Question | undefined => {
  const { operations, state } = payment
  switch (about) {
    case "Authorize": {
      const { AUTHORIZE: operation } = operations
      if (operation?.token === undefined) return undefined
      const { orderId, currency } = payment
      const { amountMinor, token } = operation
      return { _tag: "Authorize", request: { ...requestOf(payment, operation), orderId, amountMinor, currency, token } }
    }
    case "Capture": {
      const { CAPTURE: operation } = operations
      if (operation === undefined || state.status !== "AUTHORIZED") return undefined
      const { authorizationId } = state.authorization
      const { amountMinor } = operation
      return { _tag: "Capture", request: { ...requestOf(payment, operation), authorizationId, amountMinor } }
    }
    case "Void": {
      const { VOID: operation } = operations
      if (operation === undefined || state.status !== "AUTHORIZED") return undefined
      const { authorizationId } = state.authorization
      return { _tag: "Void", request: { ...requestOf(payment, operation), authorizationId } }
    }
    case "Refund": {
      const { REFUND: operation } = operations
      if (operation === undefined || state.status !== "CAPTURED") return undefined
      const { captureId, amountMinor } = state.capture
      return { _tag: "Refund", request: { ...requestOf(payment, operation), captureId, amountMinor } }
    }
    case "FindCapture": {
      const key = providerKey("CAPTURE", payment.orderId, payment.generation)
      return {
        _tag: "FindCapture",
        request: { organizationId: payment.organizationId, key, attempt: operations.VOID?.attempts ?? 1 }
      }
    }
  }
}

const requestOf = (
  { organizationId }: Payment,
  { key, attempts }: { readonly key: string; readonly attempts: number; readonly amountMinor: MinorUnits }
): ProviderRequest => ({ organizationId, key, attempt: attempts })

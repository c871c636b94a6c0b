import type { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Operation, OperationKind } from "./Operation.ts"
import type { PaymentId } from "./PaymentId.ts"

/** Names a payment: each generation of an order's authorization is a payment of its own. */
export interface PaymentKey {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly generation: number
}

/** One text per payment. */
export const paymentName = ({ generation, orderId, organizationId }: PaymentKey): string =>
  `${organizationId}/${orderId}/${generation}`

/** Money that the provider holds for us, until it is captured, voided, or expires. */
export interface Authorization {
  readonly authorizationId: string
  readonly expiresAt: Date
}

/** Money that the provider has taken for us. */
export interface Capture {
  readonly captureId: string
  readonly amountMinor: MinorUnits
}

/**
 *     AUTHORIZING ─┬─> AUTHORIZED ─┬─> CAPTURED ──> REFUNDED
 *                  └─> DECLINED    ├─> VOIDED
 *                                  └─> EXPIRED
 *
 * In AUTHORIZING, AUTHORIZED and CAPTURED money is, or may be, held or kept; in the others it is not, and cannot be again.
 */
export type PaymentState =
  | { readonly status: "AUTHORIZING" }
  | { readonly status: "DECLINED"; readonly code: string; readonly message: string }
  | { readonly status: "AUTHORIZED" | "VOIDED" | "EXPIRED"; readonly authorization: Authorization }
  | { readonly status: "CAPTURED" | "REFUNDED"; readonly authorization: Authorization; readonly capture: Capture }

export type PaymentStatus = PaymentState["status"]

export type Operations = { readonly [Kind in OperationKind]?: Operation }

export interface Payment extends PaymentKey {
  readonly paymentId: PaymentId
  readonly customerId: string
  readonly method: string
  readonly currency: Currency
  readonly amountMinor: MinorUnits
  readonly state: PaymentState
  readonly operations: Operations
}

/** What a payment's amounts are; each is at most the one before. */
export interface PaymentAmounts {
  readonly authorizedMinor: number
  readonly capturedMinor: number
  readonly refundedMinor: number
}

export const amountsOf = ({ amountMinor, state }: Payment): PaymentAmounts => {
  switch (state.status) {
    case "AUTHORIZING":
    case "DECLINED":
      return { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0 }
    case "AUTHORIZED":
    case "VOIDED":
    case "EXPIRED":
      return { authorizedMinor: amountMinor, capturedMinor: 0, refundedMinor: 0 }
    case "CAPTURED":
      return { authorizedMinor: amountMinor, capturedMinor: state.capture.amountMinor, refundedMinor: 0 }
    case "REFUNDED":
      return {
        authorizedMinor: amountMinor,
        capturedMinor: state.capture.amountMinor,
        refundedMinor: state.capture.amountMinor
      }
  }
}

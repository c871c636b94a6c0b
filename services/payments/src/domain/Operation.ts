import type { MinorUnits, OrderId } from "@valerix/money-and-ids"
import { type Redacted, Schema } from "effect"

/** What is asked of the provider. */
export const OperationKind = Schema.Literals(["AUTHORIZE", "CAPTURE", "VOID", "REFUND"])
export type OperationKind = typeof OperationKind.Type

/**
 * PENDING: a request is on its way, or was when its worker died. UNKNOWN: an answer did not come. Both mean that it may
 * have happened. SUCCEEDED, DECLINED (of an authorization) and REJECTED (of anything else) are the provider's word.
 */
export const OperationState = Schema.Literals(["PENDING", "UNKNOWN", "SUCCEEDED", "DECLINED", "REJECTED"])
export type OperationState = typeof OperationState.Type

/** One thing asked of the provider, under one key however often it is asked. */
export interface Operation {
  readonly kind: OperationKind
  readonly key: string
  readonly amountMinor: MinorUnits
  /** How many requests were begun. */
  readonly attempts: number
  readonly state: OperationState
  /** What the provider calls the effect. */
  readonly reference: string | undefined
  /** Why it was declined or rejected. */
  readonly code: string | undefined
  readonly message: string | undefined
  /** The means of payment: needed to ask for an authorization again, and kept only until the answer is definite. */
  readonly token: Redacted.Redacted | undefined
}

/**
 * The provider's key of an operation. Capture and refund leave the generation out, so that the provider itself refuses
 * to capture an order twice.
 */
export const providerKey = (kind: OperationKind, orderId: OrderId, generation: number): string => {
  switch (kind) {
    case "AUTHORIZE":
      return `authorize-${orderId}-${generation}`
    case "CAPTURE":
      return `capture-${orderId}`
    case "VOID":
      return `void-${orderId}-${generation}`
    case "REFUND":
      return `refund-${orderId}`
  }
}

/** Whether it is not known what came of the operation. */
export const isOpen = (operation: Operation | undefined): boolean =>
  operation !== undefined && (operation.state === "PENDING" || operation.state === "UNKNOWN")

export const isRejected = (operation: Operation | undefined, code?: string): boolean =>
  operation !== undefined && operation.state === "REJECTED" && (code === undefined || operation.code === code)

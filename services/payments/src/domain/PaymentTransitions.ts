import type { MinorUnits } from "@valerix/money-and-ids"
import { Data, type Redacted, Result } from "effect"
import { isOpen, type Operation, type OperationKind, providerKey } from "./Operation.ts"
import type { Authorization, Capture, Payment, PaymentState } from "./Payment.ts"

/** Why the provider rejects, where a payment's next step depends on it. */
export const ALREADY_VOIDED = "already_voided"
export const ALREADY_CAPTURED = "already_captured"
export const AUTHORIZATION_EXPIRED = "authorization_expired"

export interface Reason {
  readonly code: string
  readonly message: string
}

/** The provider said something that cannot be true together with what it said before. Nothing of it is recorded. */
export class PaymentContradiction extends Data.TaggedError("PaymentContradiction")<{
  readonly paymentId: string
  readonly status: PaymentState["status"]
  readonly told: string
}> {
  override get message() {
    return `payment ${this.paymentId} is ${this.status}, but the provider says ${this.told}`
  }
}

/** What is recorded of an answer: the payment after it, unchanged if it tells nothing new. */
export type Recorded = Result.Result<Payment, PaymentContradiction>

/** Notes that an operation is about to be asked of the provider, for the first time or again under the same key. */
export const begin = (
  payment: Payment,
  kind: OperationKind,
  amountMinor: MinorUnits,
  token?: Redacted.Redacted
): Payment => {
  const known = payment.operations[kind]
  return withOperation(
    payment,
    known === undefined
      ? { ...unasked(payment, kind, amountMinor), attempts: 1, token }
      : {
          ...known,
          attempts: known.attempts + 1,
          // What is unknown stays so until the provider has answered; what it rejected is asked anew.
          state: known.state === "UNKNOWN" ? "UNKNOWN" : "PENDING",
          code: undefined,
          message: undefined
        }
  )
}

/** No definite answer came: it may have happened, now or later. */
export const recordUnanswered = (payment: Payment, kind: OperationKind, reason: string): Payment => {
  const operation = payment.operations[kind]
  return operation !== undefined && isOpen(operation)
    ? withOperation(payment, { ...operation, state: "UNKNOWN", message: reason })
    : payment
}

export const recordAuthorized = (payment: Payment, authorization: Authorization): Recorded => {
  const { state } = payment
  switch (state.status) {
    case "AUTHORIZING":
      return moved(payment, { status: "AUTHORIZED", authorization }, [
        succeeded(payment, "AUTHORIZE", authorization.authorizationId)
      ])
    case "DECLINED":
      return contradiction(payment, `it is authorized as ${authorization.authorizationId}`)
    default:
      return state.authorization.authorizationId === authorization.authorizationId
        ? Result.succeed(payment)
        : contradiction(payment, `it is authorized as ${authorization.authorizationId}`)
  }
}

export const recordDeclined = (payment: Payment, reason: Reason): Recorded => {
  switch (payment.state.status) {
    case "AUTHORIZING":
      return moved(payment, { status: "DECLINED", ...reason }, [
        { ...operationOf(payment, "AUTHORIZE"), state: "DECLINED", ...reason, token: undefined }
      ])
    case "DECLINED":
      return Result.succeed(payment)
    default:
      return contradiction(payment, `it is declined: ${reason.code}`)
  }
}

/** A capture excludes a void, so a void whose answer did not come is rejected. */
export const recordCaptured = (payment: Payment, capture: Capture): Recorded => {
  const { state } = payment
  switch (state.status) {
    case "AUTHORIZED":
      if (capture.amountMinor > payment.amountMinor) return contradiction(payment, "more is captured than authorized")
      return moved(payment, { status: "CAPTURED", authorization: state.authorization, capture }, [
        { ...succeeded(payment, "CAPTURE", capture.captureId), amountMinor: capture.amountMinor },
        ...closed(payment, "VOID", { code: ALREADY_CAPTURED, message: "The authorization was captured." })
      ])
    case "CAPTURED":
    case "REFUNDED":
      return state.capture.captureId === capture.captureId
        ? Result.succeed(payment)
        : contradiction(payment, `it is captured as ${capture.captureId}`)
    default:
      return contradiction(payment, `it is captured as ${capture.captureId}`)
  }
}

export const recordCaptureRejected = (payment: Payment, reason: Reason): Recorded => {
  const { state } = payment
  switch (state.status) {
    case "AUTHORIZED":
      return moved(
        payment,
        reason.code === AUTHORIZATION_EXPIRED ? { status: "EXPIRED", authorization: state.authorization } : state,
        [
          rejected(payment, "CAPTURE", reason),
          ...(reason.code === AUTHORIZATION_EXPIRED ? closed(payment, "VOID", reason) : [])
        ]
      )
    case "VOIDED":
    case "EXPIRED":
      return moved(payment, state, closed(payment, "CAPTURE", reason))
    default:
      return contradiction(payment, `its capture is rejected: ${reason.code}`)
  }
}

/** A void excludes a capture, so a capture whose answer did not come is rejected. */
export const recordVoided = (payment: Payment, reference: string | undefined): Recorded => {
  const { state } = payment
  switch (state.status) {
    case "AUTHORIZED":
      return moved(payment, { status: "VOIDED", authorization: state.authorization }, [
        succeeded(payment, "VOID", reference),
        ...closed(payment, "CAPTURE", { code: ALREADY_VOIDED, message: "The authorization was voided." })
      ])
    case "VOIDED":
    case "EXPIRED":
      return Result.succeed(payment)
    default:
      return contradiction(payment, "it is voided")
  }
}

/** The provider let go of the money by itself. */
export const recordExpired = (payment: Payment): Recorded => {
  const { state } = payment
  const reason = { code: AUTHORIZATION_EXPIRED, message: "The authorization has expired." }
  switch (state.status) {
    case "AUTHORIZED":
      return moved(payment, { status: "EXPIRED", authorization: state.authorization }, [
        rejected(payment, "VOID", reason),
        ...closed(payment, "CAPTURE", reason)
      ])
    case "VOIDED":
    case "EXPIRED":
      return Result.succeed(payment)
    default:
      return contradiction(payment, "it has expired")
  }
}

export const recordVoidRejected = (payment: Payment, reason: Reason): Recorded => {
  const { state } = payment
  switch (state.status) {
    case "AUTHORIZED":
      return moved(payment, state, [rejected(payment, "VOID", reason)])
    case "CAPTURED":
    case "REFUNDED":
      return moved(payment, state, closed(payment, "VOID", reason))
    case "VOIDED":
    case "EXPIRED":
      return reason.code === ALREADY_CAPTURED ? contradiction(payment, "it is captured") : Result.succeed(payment)
    default:
      return contradiction(payment, `its void is rejected: ${reason.code}`)
  }
}

export const recordRefunded = (payment: Payment, reference: string | undefined): Recorded => {
  const { state } = payment
  switch (state.status) {
    case "CAPTURED":
      return moved(payment, { ...state, status: "REFUNDED" }, [succeeded(payment, "REFUND", reference)])
    case "REFUNDED":
      return Result.succeed(payment)
    default:
      return contradiction(payment, "it is refunded")
  }
}

export const recordRefundRejected = (payment: Payment, reason: Reason): Recorded => {
  switch (payment.state.status) {
    case "CAPTURED":
      return moved(payment, payment.state, [rejected(payment, "REFUND", reason)])
    case "REFUNDED":
      return Result.succeed(payment)
    default:
      return contradiction(payment, `its refund is rejected: ${reason.code}`)
  }
}

const contradiction = (payment: Payment, told: string): Recorded =>
  Result.fail(new PaymentContradiction({ paymentId: payment.paymentId, status: payment.state.status, told }))

const moved = (payment: Payment, state: PaymentState, operations: ReadonlyArray<Operation>): Recorded =>
  Result.succeed(
    operations.length === 0 && state === payment.state
      ? payment
      : operations.reduce(withOperation, { ...payment, state })
  )

const withOperation = (payment: Payment, operation: Operation): Payment => ({
  ...payment,
  operations: { ...payment.operations, [operation.kind]: operation }
})

/** The operation, or one that was never asked by us: what happened is recorded all the same. */
const operationOf = (payment: Payment, kind: OperationKind): Operation =>
  payment.operations[kind] ?? unasked(payment, kind, payment.amountMinor)

const unasked = (payment: Payment, kind: OperationKind, amountMinor: MinorUnits): Operation => ({
  kind,
  key: providerKey(kind, payment.orderId, payment.generation),
  amountMinor,
  attempts: 0,
  state: "PENDING",
  reference: undefined,
  code: undefined,
  message: undefined,
  token: undefined
})

const succeeded = (payment: Payment, kind: OperationKind, reference: string | undefined): Operation => ({
  ...operationOf(payment, kind),
  state: "SUCCEEDED",
  reference,
  code: undefined,
  message: undefined,
  token: undefined
})

const rejected = (payment: Payment, kind: OperationKind, reason: Reason): Operation => ({
  ...operationOf(payment, kind),
  state: "REJECTED",
  code: reason.code,
  message: reason.message
})

/** The operation as rejected, if it was under way: another one's success excludes it. */
const closed = (payment: Payment, kind: OperationKind, reason: Reason): ReadonlyArray<Operation> =>
  isOpen(payment.operations[kind]) ? [rejected(payment, kind, reason)] : []

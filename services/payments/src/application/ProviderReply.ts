import { notSent, type Outcome, rejected, unavailable } from "@valerix/saga"
import { Result } from "effect"
import type { OperationKind } from "../domain/Operation.ts"
import type { Payment } from "../domain/Payment.ts"
import {
  ALREADY_CAPTURED,
  ALREADY_VOIDED,
  AUTHORIZATION_EXPIRED,
  type Recorded,
  recordAuthorized,
  recordCaptured,
  recordCaptureRejected,
  recordDeclined,
  recordExpired,
  recordRefunded,
  recordRefundRejected,
  recordUnanswered,
  recordVoided,
  recordVoidRejected
} from "../domain/PaymentTransitions.ts"
import type {
  AuthorizeAnswer,
  CaptureAnswer,
  LookupAnswer,
  NotSent,
  RefundAnswer,
  Unanswered,
  VoidAnswer
} from "./ports/PaymentProvider.ts"

/** An answer of the provider, as what it changes. */
export interface Reply {
  readonly record: (payment: Payment) => Recorded
  /** What to tell the caller if the payment did not get on by it. */
  readonly otherwise: Outcome
}

export const SETTLEMENT_REJECTED = "settlement_rejected"
export const CAPTURE_REJECTED = "capture_rejected"

const KEY_REUSED = { code: "key_reused", message: "The provider knows the key with other parameters." }
const NOT_FOUND = { code: "not_found", message: "The provider does not know what this refers to." }

const settled = unavailable("it was settled meanwhile")

export const authorizeReply = (answer: AuthorizeAnswer): Reply => {
  switch (answer._tag) {
    case "Succeeded":
      return {
        record: (payment) =>
          recordAuthorized(payment, { authorizationId: answer.reference, expiresAt: answer.expiresAt }),
        otherwise: settled
      }
    case "Declined":
      return { record: (payment) => recordDeclined(payment, answer), otherwise: settled }
    case "KeyReused":
      // There may be an authorization that is not the one we know the terms of: nobody but a person can tell.
      return {
        record: (payment) => Result.succeed(recordUnanswered(payment, "AUTHORIZE", KEY_REUSED.message)),
        otherwise: rejected(SETTLEMENT_REJECTED, KEY_REUSED.message)
      }
    default:
      return indefinite("AUTHORIZE", answer)
  }
}

export const captureReply =
  (amountMinor: Payment["amountMinor"]) =>
  (answer: CaptureAnswer): Reply => {
    const refused = (code: string, message: string): Reply => ({
      record: (payment) => recordCaptureRejected(payment, { code, message }),
      otherwise: rejected(CAPTURE_REJECTED, message)
    })
    switch (answer._tag) {
      case "Succeeded":
        return {
          record: (payment) => recordCaptured(payment, { captureId: answer.reference, amountMinor }),
          otherwise: settled
        }
      case "AlreadyCaptured":
        return refused(ALREADY_CAPTURED, "The authorization was captured under another key.")
      case "AlreadyVoided":
        return refused(ALREADY_VOIDED, "The authorization was voided.")
      case "Expired":
        return refused(AUTHORIZATION_EXPIRED, "The authorization has expired.")
      case "NotFound":
        return refused(NOT_FOUND.code, NOT_FOUND.message)
      case "KeyReused":
        return refused(KEY_REUSED.code, KEY_REUSED.message)
      case "Rejected":
        return refused(answer.code, answer.message)
      default:
        return indefinite("CAPTURE", answer)
    }
  }

export const voidReply = (answer: VoidAnswer): Reply => {
  const refused = (code: string, message: string): Reply => ({
    record: (payment) => recordVoidRejected(payment, { code, message }),
    otherwise: rejected(SETTLEMENT_REJECTED, message)
  })
  switch (answer._tag) {
    case "Succeeded":
      return { record: (payment) => recordVoided(payment, answer.reference), otherwise: settled }
    case "AlreadyVoided":
      return { record: (payment) => recordVoided(payment, undefined), otherwise: settled }
    case "Expired":
      return { record: recordExpired, otherwise: settled }
    case "AlreadyCaptured":
      return refused(ALREADY_CAPTURED, "The authorization was captured.")
    case "NotFound":
      return refused(NOT_FOUND.code, NOT_FOUND.message)
    case "KeyReused":
      return refused(KEY_REUSED.code, KEY_REUSED.message)
    case "Rejected":
      return refused(answer.code, answer.message)
    default:
      return indefinite("VOID", answer)
  }
}

export const refundReply = (answer: RefundAnswer): Reply => {
  const refused = (code: string, message: string): Reply => ({
    record: (payment) => recordRefundRejected(payment, { code, message }),
    otherwise: rejected(SETTLEMENT_REJECTED, message)
  })
  switch (answer._tag) {
    case "Succeeded":
      return { record: (payment) => recordRefunded(payment, answer.reference), otherwise: settled }
    case "AlreadyRefunded":
      return { record: (payment) => recordRefunded(payment, undefined), otherwise: settled }
    case "NotFound":
      return refused(NOT_FOUND.code, NOT_FOUND.message)
    case "KeyReused":
      return refused(KEY_REUSED.code, KEY_REUSED.message)
    case "Rejected":
      return refused(answer.code, answer.message)
    default:
      return indefinite("REFUND", answer)
  }
}

/** The answer to looking for the capture that a void was refused for, by the key of the order's capture. */
export const findCaptureReply = (answer: LookupAnswer): Reply => {
  switch (answer._tag) {
    case "Found":
      return {
        record: (payment) =>
          // The order's one capture may be another generation's: then it is not what this authorization was captured by.
          authorizationIdOf(payment) === answer.authorizationId
            ? recordCaptured(payment, { captureId: answer.reference, amountMinor: answer.amountMinor })
            : Result.succeed(payment),
        otherwise: notOurs
      }
    case "NotFound":
    case "FoundDeclined":
      return { record: Result.succeed, otherwise: notOurs }
    default:
      return { record: Result.succeed, otherwise: outcomeOf(answer) }
  }
}

const notOurs = rejected(SETTLEMENT_REJECTED, "The authorization was captured, but not by this payment's capture.")

const authorizationIdOf = ({ state }: Payment): string | undefined =>
  "authorization" in state ? state.authorization.authorizationId : undefined

const indefinite = (kind: OperationKind, answer: Unanswered | NotSent): Reply => ({
  // What was not sent leaves the operation as it was: an earlier request may have been.
  record: (payment) =>
    Result.succeed(answer._tag === "NotSent" ? payment : recordUnanswered(payment, kind, answer.reason)),
  otherwise: outcomeOf(answer)
})

const outcomeOf = (answer: Unanswered | NotSent): Outcome =>
  answer._tag === "NotSent" ? notSent(answer.reason) : unavailable(answer.reason)

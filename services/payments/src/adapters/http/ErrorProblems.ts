import {
  AlreadyCapturedProblem,
  AlreadyVoidedProblem,
  AuthorizationExpiredProblem,
  AuthorizationNotFoundProblem,
  GatewayErrorProblem,
  IdempotencyKeyReusedProblem,
  NotCapturedProblem,
  PaymentDeclinedProblem,
  PaymentRejectedProblem,
  PaymentSettledProblem
} from "../../contract/PaymentProblems.ts"
import type {
  PaymentDeclined,
  PaymentNotFound,
  PaymentSettled,
  PaymentStateConflict,
  ProviderUnavailable,
  TermsDiffer
} from "../../domain/PaymentErrors.ts"

export const declinedProblem = ({ code, message }: PaymentDeclined) =>
  new PaymentDeclinedProblem({ decline_code: code, message, is_retryable: false })

export const settledProblem = (_: PaymentSettled) => new PaymentSettledProblem()

export const keyReusedProblem = ({ message }: TermsDiffer) => new IdempotencyKeyReusedProblem({ detail: message })

export const gatewayProblem = (_: ProviderUnavailable) => new GatewayErrorProblem({ is_retryable: true })

/** The problem that a refused capture, void or refund is to an HTTP caller. */
export const conflictProblem = (
  error: PaymentNotFound | PaymentStateConflict | PaymentSettled | ProviderUnavailable
) => {
  switch (error._tag) {
    case "PaymentNotFound":
      return new AuthorizationNotFoundProblem()
    case "PaymentSettled":
      return settledProblem(error)
    case "ProviderUnavailable":
      return gatewayProblem(error)
    case "PaymentStateConflict":
      return stateProblem(error)
  }
}

const stateProblem = ({ code, message }: PaymentStateConflict) => {
  switch (code) {
    case "already_voided":
      return new AlreadyVoidedProblem()
    case "already_captured":
      return new AlreadyCapturedProblem()
    case "authorization_expired":
      return new AuthorizationExpiredProblem()
    case "not_captured":
      return new NotCapturedProblem()
    case "rejected":
      return new PaymentRejectedProblem({ detail: message })
  }
}

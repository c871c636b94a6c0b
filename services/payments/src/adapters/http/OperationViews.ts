import type { PaymentRecord } from "../../application/ports/PaymentQueries.ts"
import type {
  AuthorizedView,
  CapturedView,
  PaidView,
  RefundedView,
  VoidedView
} from "../../contract/PaymentOperationsGroup.ts"
import type { Payment } from "../../domain/Payment.ts"
import { resultOf } from "./Views.ts"

// A view is made of a payment that was just brought to its state; another one is a defect.
const authorizationOf = ({ state }: Payment) => {
  if ("authorization" in state) return state.authorization
  throw new Error(`A payment is ${state.status} where it has to be authorized.`)
}

const captureOf = ({ state }: Payment) => {
  if ("capture" in state) return state.capture
  throw new Error(`A payment is ${state.status} where it has to be captured.`)
}

export const authorizedView = (record: PaymentRecord): typeof AuthorizedView.Type => {
  const { authorizationId, expiresAt } = authorizationOf(record.payment)
  const { amountMinor, currency, orderId, paymentId, state } = record.payment
  return {
    authorization_id: authorizationId,
    payment_id: paymentId,
    order_id: orderId,
    status: state.status === "CAPTURED" ? "CAPTURED" : "AUTHORIZED",
    amount_cents: amountMinor,
    currency,
    expires_at: expiresAt,
    created_at: record.createdAt
  }
}

export const capturedView = (record: PaymentRecord): typeof CapturedView.Type => {
  const { amountMinor, captureId } = captureOf(record.payment)
  return {
    capture_id: captureId,
    authorization_id: authorizationOf(record.payment).authorizationId,
    status: "CAPTURED",
    amount_cents: amountMinor,
    currency: record.payment.currency,
    captured_at: record.times.CAPTURE?.answeredAt ?? record.updatedAt
  }
}

export const voidedView = (record: PaymentRecord): typeof VoidedView.Type => ({
  authorization_id: authorizationOf(record.payment).authorizationId,
  status: record.payment.state.status === "EXPIRED" ? "EXPIRED" : "VOIDED",
  voided_at: record.times.VOID?.answeredAt ?? record.updatedAt
})

export const refundedView = (record: PaymentRecord): typeof RefundedView.Type => {
  const reference = record.payment.operations.REFUND?.reference
  return {
    authorization_id: authorizationOf(record.payment).authorizationId,
    ...(reference === undefined ? {} : { refund_id: reference }),
    status: "REFUNDED",
    amount_cents: captureOf(record.payment).amountMinor,
    currency: record.payment.currency,
    refunded_at: record.times.REFUND?.answeredAt ?? record.updatedAt
  }
}

export const paidView = (orderId: string, { payment }: PaymentRecord): typeof PaidView.Type => ({
  payment_id: payment.paymentId,
  order_id: orderId,
  status: resultOf(payment.state.status),
  ...(payment.state.status === "DECLINED" ? { decline_code: payment.state.code } : {})
})

import type { MinorUnits } from "@valerix/money-and-ids"
import { MinorUnits as Minor } from "@valerix/money-and-ids"
import type { PaymentRecord } from "../../application/ports/PaymentQueries.ts"
import type { PaymentOperationView, PaymentResult, PaymentView } from "../../contract/PaymentSchemas.ts"
import { type Operation, OperationKind } from "../../domain/Operation.ts"
import { amountsOf, type PaymentStatus } from "../../domain/Payment.ts"

export const paymentView = (record: PaymentRecord): typeof PaymentView.Type => {
  const { payment } = record
  const { amountMinor, currency, state } = payment
  const money = (minor: number) => ({ amountMinor: Minor.make(minor), currency })
  const { authorizedMinor, capturedMinor, refundedMinor } = amountsOf(payment)
  return {
    payment_id: payment.paymentId,
    order_id: payment.orderId,
    generation: payment.generation,
    customer_id: payment.customerId,
    status: state.status,
    result: resultOf(state.status),
    payment_method: payment.method,
    amount: money(amountMinor),
    authorized: money(authorizedMinor),
    captured: money(capturedMinor),
    refunded: money(refundedMinor),
    ...("authorization" in state
      ? { authorization_id: state.authorization.authorizationId, expires_at: state.authorization.expiresAt }
      : {}),
    ...(state.status === "DECLINED" ? { decline_code: state.code, decline_message: state.message } : {}),
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    operations: OperationKind.literals.flatMap((kind) => {
      const operation = payment.operations[kind]
      return operation === undefined ? [] : [operationView(operation, record, money)]
    })
  }
}

export const resultOf = (status: PaymentStatus): typeof PaymentResult.Type => {
  switch (status) {
    case "AUTHORIZING":
    case "AUTHORIZED":
      return "PENDING"
    case "CAPTURED":
      return "SUCCESS"
    case "DECLINED":
    case "VOIDED":
    case "EXPIRED":
    case "REFUNDED":
      return "FAILED"
  }
}

const operationView = (
  operation: Operation,
  { createdAt, times }: PaymentRecord,
  money: (minor: MinorUnits) => (typeof PaymentOperationView.Type)["amount"]
): typeof PaymentOperationView.Type => {
  const { answeredAt, attemptedAt, requestedAt } = times[operation.kind] ?? {
    requestedAt: createdAt,
    attemptedAt: createdAt,
    answeredAt: undefined
  }
  return {
    kind: operation.kind,
    state: operation.state,
    key: operation.key,
    attempts: operation.attempts,
    amount: money(operation.amountMinor),
    ...(operation.reference === undefined ? {} : { reference: operation.reference }),
    ...(operation.code === undefined ? {} : { code: operation.code }),
    ...(operation.message === undefined ? {} : { message: operation.message }),
    requested_at: requestedAt,
    attempted_at: attemptedAt,
    ...(answeredAt === undefined ? {} : { answered_at: answeredAt })
  }
}

import { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Redacted, Schema } from "effect"
import { type Operation, OperationKind, OperationState } from "../../domain/Operation.ts"
import type { Operations, Payment, PaymentState } from "../../domain/Payment.ts"
import { PaymentId } from "../../domain/PaymentId.ts"

/** A row of `payment_operations`. */
export const OperationRow = Schema.Struct({
  kind: OperationKind,
  provider_key: Schema.String,
  amount_minor: MinorUnits,
  state: OperationState,
  attempts: Schema.Int,
  reference: Schema.NullOr(Schema.String),
  code: Schema.NullOr(Schema.String),
  message: Schema.NullOr(Schema.String),
  token: Schema.NullOr(Schema.String)
})

type OperationRow = typeof OperationRow.Type

const common = {
  organization_id: OrganizationId,
  order_id: OrderId,
  generation: Schema.Int,
  payment_id: PaymentId,
  customer_id: Schema.String,
  method: Schema.String,
  currency: Currency,
  amount_minor: MinorUnits
}

const authorization = { authorization_id: Schema.String, expires_at: Schema.Date }

/** A row of `payments`: which columns are filled depends on the status. */
export const PaymentRow = Schema.Union([
  Schema.Struct({ ...common, status: Schema.Literal("AUTHORIZING") }),
  Schema.Struct({
    ...common,
    status: Schema.Literal("DECLINED"),
    decline_code: Schema.String,
    decline_message: Schema.String
  }),
  Schema.Struct({ ...common, ...authorization, status: Schema.Literals(["AUTHORIZED", "VOIDED", "EXPIRED"]) }),
  Schema.Struct({
    ...common,
    ...authorization,
    status: Schema.Literals(["CAPTURED", "REFUNDED"]),
    capture_id: Schema.String,
    captured_minor: MinorUnits
  })
])
type PaymentRow = typeof PaymentRow.Type

export const paymentOf = (row: PaymentRow, operations: ReadonlyArray<OperationRow>): Payment => ({
  organizationId: row.organization_id,
  orderId: row.order_id,
  generation: row.generation,
  paymentId: row.payment_id,
  customerId: row.customer_id,
  method: row.method,
  currency: row.currency,
  amountMinor: row.amount_minor,
  state: stateOf(row),
  operations: operationsOf(operations)
})

const operationsOf = (rows: ReadonlyArray<OperationRow>): Operations =>
  Object.fromEntries(rows.map((row) => [row.kind, operationOf(row)]))

const stateOf = (row: PaymentRow): PaymentState => {
  switch (row.status) {
    case "AUTHORIZING":
      return { status: row.status }
    case "DECLINED":
      return { status: row.status, code: row.decline_code, message: row.decline_message }
    case "AUTHORIZED":
    case "VOIDED":
    case "EXPIRED":
      return { status: row.status, authorization: authorizationOf(row) }
    case "CAPTURED":
    case "REFUNDED":
      return {
        status: row.status,
        authorization: authorizationOf(row),
        capture: { captureId: row.capture_id, amountMinor: row.captured_minor }
      }
  }
}

const authorizationOf = (row: { readonly authorization_id: string; readonly expires_at: Date }) => ({
  authorizationId: row.authorization_id,
  expiresAt: row.expires_at
})

const operationOf = (row: OperationRow): Operation => ({
  kind: row.kind,
  key: row.provider_key,
  amountMinor: row.amount_minor,
  attempts: row.attempts,
  state: row.state,
  reference: row.reference ?? undefined,
  code: row.code ?? undefined,
  message: row.message ?? undefined,
  token: row.token === null ? undefined : Redacted.make(row.token)
})

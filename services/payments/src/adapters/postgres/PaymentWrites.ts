import type { PgClient } from "@effect/sql-pg"
import { batch, bigints, ints, texts, timestamps, uuids } from "@valerix/database"
import { Effect, Redacted, Schema } from "effect"
import type { PaymentChange } from "../../application/ports/PaymentRepository.ts"
import { OperationKind } from "../../domain/Operation.ts"
import { amountsOf, type Payment, type PaymentState } from "../../domain/Payment.ts"

const decodeInserted = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ payment_id: Schema.String })))

/** Inserts payments, in key order, except those that are there; gives those that it has inserted. */
export const insertPayments = Effect.fnUntraced(function* (sql: PgClient.PgClient, payments: ReadonlyArray<Payment>) {
  if (payments.length === 0) return []
  const rows = yield* sql`
    INSERT INTO payments
      (organization_id, order_id, generation, payment_id, customer_id, method, currency, amount_minor)
    SELECT organization_id, order_id, generation, payment_id, customer_id, method, currency, amount_minor
    FROM ${batch("payment", {
      ...keyColumns(payments),
      payment_id: uuids(payments.map(({ paymentId }) => paymentId)),
      customer_id: texts(payments.map(({ customerId }) => customerId)),
      method: texts(payments.map(({ method }) => method)),
      currency: texts(payments.map(({ currency }) => currency)),
      amount_minor: bigints(payments.map(({ amountMinor }) => amountMinor))
    })}
    ORDER BY organization_id, order_id, generation, position
    ON CONFLICT (organization_id, order_id, generation) DO NOTHING
    RETURNING payment_id`
  const inserted = new Set((yield* decodeInserted(rows)).map(({ payment_id }) => payment_id))
  return payments.filter(({ paymentId }) => inserted.has(paymentId))
})

/**
 * Writes what was changed: a payment moves only from the status that it was read in. Fails as a defect if one does not,
 * which the lock rules out.
 */
export const savePayments = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  changes: ReadonlyArray<PaymentChange>
) {
  const moved = changes.filter(({ after, before }) => after.state !== before.state)
  if (moved.length > 0) {
    const written = yield* sql`
      UPDATE payments SET status = moved.status, authorized_minor = moved.authorized_minor,
        captured_minor = moved.captured_minor, refunded_minor = moved.refunded_minor,
        authorization_id = moved.authorization_id, expires_at = moved.expires_at, capture_id = moved.capture_id,
        decline_code = moved.decline_code, decline_message = moved.decline_message, updated_at = now()
      FROM ${movedRows(moved)}
      WHERE payments.organization_id = moved.organization_id AND payments.order_id = moved.order_id
        AND payments.generation = moved.generation AND payments.status = moved.status_before
      RETURNING 1`
    if (written.length !== moved.length) yield* Effect.die(new Error("A locked payment was changed by another."))
  }
  const operations = changes.flatMap(changedOperations)
  if (operations.length > 0) yield* upsertOperations(sql, operations)
})

const movedRows = (moved: ReadonlyArray<PaymentChange>) => {
  const after = moved.map((change) => change.after)
  const columns = after.map(({ state }) => columnsOf(state))
  const amounts = after.map(amountsOf)
  return batch("moved", {
    ...keyColumns(after),
    status_before: texts(moved.map(({ before }) => before.state.status)),
    status: texts(after.map(({ state }) => state.status)),
    authorized_minor: bigints(amounts.map(({ authorizedMinor }) => authorizedMinor)),
    captured_minor: bigints(amounts.map(({ capturedMinor }) => capturedMinor)),
    refunded_minor: bigints(amounts.map(({ refundedMinor }) => refundedMinor)),
    authorization_id: texts(columns.map(({ authorizationId }) => authorizationId)),
    expires_at: timestamps(columns.map(({ expiresAt }) => expiresAt)),
    capture_id: texts(columns.map(({ captureId }) => captureId)),
    decline_code: texts(columns.map(({ declineCode }) => declineCode)),
    decline_message: texts(columns.map(({ declineMessage }) => declineMessage))
  })
}

const columnsOf = (state: PaymentState) => ({
  authorizationId: "authorization" in state ? state.authorization.authorizationId : null,
  expiresAt: "authorization" in state ? state.authorization.expiresAt : null,
  captureId: "capture" in state ? state.capture.captureId : null,
  declineCode: state.status === "DECLINED" ? state.code : null,
  declineMessage: state.status === "DECLINED" ? state.message : null
})

const changedOperations = ({ after, before }: PaymentChange) =>
  OperationKind.literals.flatMap((kind) => {
    const operation = after.operations[kind]
    return operation === undefined || operation === before.operations[kind] ? [] : [{ payment: after, operation }]
  })

/** The first request and the latest are timed by the database, and so is the answer; asking again forgets the answer. */
const upsertOperations = (
  sql: PgClient.PgClient,
  changed: ReadonlyArray<ReturnType<typeof changedOperations>[number]>
) => {
  const operations = changed.map(({ operation }) => operation)
  return sql`
    INSERT INTO payment_operations AS known (organization_id, order_id, generation, kind, provider_key, amount_minor,
      state, attempts, reference, code, message, token, answered_at)
    SELECT organization_id, order_id, generation, kind, provider_key, amount_minor,
      state, attempts, reference, code, message, token, CASE WHEN state NOT IN ('PENDING', 'UNKNOWN') THEN now() END
    FROM ${batch("operation", {
      ...keyColumns(changed.map(({ payment }) => payment)),
      kind: texts(operations.map(({ kind }) => kind)),
      provider_key: texts(operations.map(({ key }) => key)),
      amount_minor: bigints(operations.map(({ amountMinor }) => amountMinor)),
      state: texts(operations.map(({ state }) => state)),
      attempts: ints(operations.map(({ attempts }) => attempts)),
      reference: texts(operations.map(({ reference }) => reference ?? null)),
      code: texts(operations.map(({ code }) => code ?? null)),
      message: texts(operations.map(({ message }) => message ?? null)),
      token: texts(operations.map(({ token }) => (token === undefined ? null : Redacted.value(token))))
    })}
    ORDER BY organization_id, order_id, generation, kind
    ON CONFLICT (organization_id, order_id, generation, kind) DO UPDATE SET amount_minor = excluded.amount_minor,
      state = excluded.state, attempts = excluded.attempts, reference = excluded.reference, code = excluded.code,
      message = excluded.message, token = excluded.token, answered_at = excluded.answered_at,
      attempted_at = CASE WHEN excluded.attempts > known.attempts THEN now() ELSE known.attempted_at END`
}

const keyColumns = (payments: ReadonlyArray<Payment>) => ({
  organization_id: uuids(payments.map(({ organizationId }) => organizationId)),
  order_id: uuids(payments.map(({ orderId }) => orderId)),
  generation: ints(payments.map(({ generation }) => generation))
})

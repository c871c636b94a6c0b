import { batch, checkIsolation, organizationsPresent, rowsOf, TenantDatabase, uuids } from "@valerix/database"
import { OrderId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { type BookedPayment, PaymentAuditQueries } from "../../application/ports/PaymentAuditQueries.ts"
import { OperationKind, OperationState } from "../../domain/Operation.ts"
import { checkOperations } from "./audit/CheckOperations.ts"

const FIRST = "00000000-0000-0000-0000-000000000000"

const Order = rowsOf(Schema.Struct({ id: OrderId }))
const PaymentRow = Schema.Struct({
  order_id: OrderId,
  generation: Schema.Int,
  payment_id: Schema.String,
  status: Schema.Literals(["AUTHORIZING", "DECLINED", "AUTHORIZED", "VOIDED", "EXPIRED", "CAPTURED", "REFUNDED"]),
  currency: Schema.String,
  amount_minor: Schema.Int,
  authorized_minor: Schema.Int,
  captured_minor: Schema.Int,
  refunded_minor: Schema.Int,
  authorization_id: Schema.NullOr(Schema.String),
  capture_id: Schema.NullOr(Schema.String),
  is_undone: Schema.Boolean,
  operations: Schema.Array(
    Schema.Struct({
      kind: OperationKind,
      key: Schema.String,
      state: OperationState,
      attempts: Schema.Int,
      reference: Schema.NullOr(Schema.String),
      asked_ms_ago: Schema.Int
    })
  )
})
const Payment = rowsOf(PaymentRow)

export const layerPaymentAuditQueriesPostgres = Layer.effect(
  PaymentAuditQueries,
  Effect.map(TenantDatabase, (database) => {
    const { sql, transaction } = database
    return PaymentAuditQueries.of({
      organizations: (after, limit) => organizationsPresent(database, after, limit),

      checks: [checkIsolation(database), checkOperations(database)],

      orders: (organizationId, after, limit) =>
        transaction([organizationId])(
          Order(sql`
            SELECT DISTINCT order_id AS id FROM payments
            WHERE organization_id = ${organizationId} AND order_id > ${after ?? FIRST}
            ORDER BY order_id LIMIT ${limit}`)
        ).pipe(Effect.map((rows) => rows.map(({ id }) => id))),

      paymentsOf: (organizationId, orderIds) =>
        transaction([organizationId])(
          Payment(sql`
            SELECT payments.*,
              EXISTS (SELECT FROM saga_fences WHERE saga_fences.organization_id = payments.organization_id
                AND saga_id = payments.order_id AND saga_fences.generation = payments.generation AND undone) AS is_undone,
              coalesce((SELECT jsonb_agg(jsonb_build_object('kind', kind, 'key', provider_key, 'state', state,
                  'attempts', attempts, 'reference', reference, 'asked_ms_ago',
                  greatest(0, extract(epoch FROM now() - attempted_at) * 1000)::bigint) ORDER BY kind)
                FROM payment_operations operation
                WHERE operation.organization_id = payments.organization_id AND operation.order_id = payments.order_id
                  AND operation.generation = payments.generation), '[]') AS operations
            FROM ${batch("wanted", { order_id: uuids(orderIds) })}
            CROSS JOIN LATERAL (
              SELECT * FROM payments WHERE organization_id = ${organizationId} AND order_id = wanted.order_id OFFSET 0
            ) AS payments
            ORDER BY payments.order_id, generation`)
        ).pipe(Effect.map((rows) => rows.map(booked))),

      madeForDirectPayments: (organizationId, orderIds) =>
        transaction([organizationId])(
          Order(sql`
            SELECT order_id AS id FROM direct_requests JOIN ${batch("wanted", { order_id: uuids(orderIds) })} USING (order_id)
            WHERE organization_id = ${organizationId}`)
        ).pipe(Effect.map((rows) => new Set(rows.map(({ id }) => id))))
    })
  })
)

const booked = (row: typeof PaymentRow.Type): BookedPayment => ({
  orderId: row.order_id,
  generation: row.generation,
  paymentId: row.payment_id,
  status: row.status,
  currency: row.currency,
  amountMinor: row.amount_minor,
  authorizedMinor: row.authorized_minor,
  capturedMinor: row.captured_minor,
  refundedMinor: row.refunded_minor,
  authorizationId: row.authorization_id ?? undefined,
  captureId: row.capture_id ?? undefined,
  isUndone: row.is_undone,
  operations: row.operations.map(({ asked_ms_ago, reference, ...operation }) => ({
    ...operation,
    reference: reference ?? undefined,
    askedMsAgo: asked_ms_ago
  }))
})

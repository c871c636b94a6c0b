import { TenantDatabase } from "@valerix/database"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import type { Statement } from "effect/sql"
import { type OperationTimes, PaymentQueries, type PaymentRecord } from "../../application/ports/PaymentQueries.ts"
import type { OperationKind } from "../../domain/Operation.ts"
import { OperationRow, PaymentRow, paymentOf } from "./PaymentRow.ts"

/** What a row says besides the payment; times in JSON are text. */
const Times = Schema.Struct({
  created_at: Schema.Date,
  updated_at: Schema.Date,
  operations: Schema.Array(
    Schema.Struct({
      ...OperationRow.fields,
      requested_at: Schema.DateFromString,
      attempted_at: Schema.DateFromString,
      answered_at: Schema.NullOr(Schema.DateFromString)
    })
  )
})
const decodeTimes = Schema.decodeUnknownEffect(Times)
const decodePayment = Schema.decodeUnknownEffect(PaymentRow)

export const layerPaymentQueriesPostgres = Layer.effect(
  PaymentQueries,
  Effect.map(TenantDatabase, ({ sql, transaction }) => {
    /** Payments with their operations; the means of payment stays where it is. */
    const read = Effect.fnUntraced(function* (
      organizationId: OrganizationId,
      where: Statement.Fragment,
      limit = 1
    ): Effect.fn.Return<ReadonlyArray<PaymentRecord>> {
      const rows = yield* transaction([organizationId])(
        Effect.orDie(sql`
          SELECT payments.*,
            coalesce((SELECT jsonb_agg(to_jsonb(operation) || '{"token": null}') FROM payment_operations operation
              WHERE operation.organization_id = payments.organization_id AND operation.order_id = payments.order_id
                AND operation.generation = payments.generation), '[]') AS operations
          FROM payments WHERE organization_id = ${organizationId} AND ${where}
          ORDER BY payment_id DESC LIMIT ${limit}`)
      )
      return yield* Effect.orDie(Effect.forEach(rows, recordOf))
    })
    const one = (organizationId: OrganizationId, where: Statement.Fragment) =>
      Effect.map(read(organizationId, where), ([record]) => record)

    return PaymentQueries.of({
      byId: (organizationId, paymentId) => one(organizationId, sql`payment_id = ${paymentId}`),
      byAuthorization: (organizationId, authorizationId) =>
        one(organizationId, sql`authorization_id = ${authorizationId}`),
      byKey: ({ generation, orderId, organizationId }) =>
        one(organizationId, sql`order_id = ${orderId} AND generation = ${generation}`),
      page: (organizationId, { before, limit, orderId }) =>
        read(
          organizationId,
          sql.and([
            ...(orderId === undefined ? [] : [sql`order_id = ${orderId}`]),
            ...(before === undefined ? [] : [sql`payment_id < ${before}`])
          ]),
          limit
        )
    })
  })
)

const recordOf = Effect.fnUntraced(function* (row: unknown) {
  const { created_at, operations, updated_at } = yield* decodeTimes(row)
  const payment = paymentOf(yield* decodePayment(row), operations)
  const times = Object.fromEntries(
    operations.map(({ answered_at, attempted_at, kind, requested_at }): [OperationKind, OperationTimes] => [
      kind,
      { requestedAt: requested_at, attemptedAt: attempted_at, answeredAt: answered_at ?? undefined }
    ])
  )
  return { payment, createdAt: created_at, updatedAt: updated_at, times }
})

import { batch, TenantDatabase, texts } from "@valerix/database"
import { Effect, Layer, Schema } from "effect"
import { ProviderStatement } from "../../../application/ports/ProviderStatement.ts"
import { OperationKind } from "../../../domain/Operation.ts"

const Row = Schema.Struct({
  kind: OperationKind,
  idempotency_key: Schema.String,
  order_reference: Schema.String,
  authorization_id: Schema.String,
  reference: Schema.String,
  amount_minor: Schema.Int,
  currency: Schema.String,
  is_expired: Schema.Boolean
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))
const decodeReferences = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ order_reference: Schema.String })))

/** The mock provider's books, read in its own database. */
export const layerProviderStatementMock = Layer.effect(
  ProviderStatement,
  Effect.map(TenantDatabase, ({ sql, transaction }) =>
    ProviderStatement.of({
      ofOrders: Effect.fn("ProviderStatementMock.ofOrders")((organizationId, orderIds) =>
        transaction([organizationId])(
          sql`
            WITH authorized AS (
              SELECT authorizations.*, expires_at <= now() AS is_expired
              FROM ${batch("filed", { order_reference: texts(orderIds) })}
              JOIN authorizations ON authorizations.organization_id = ${organizationId}
                AND authorizations.order_reference = filed.order_reference
            )
            SELECT 'AUTHORIZE' AS kind, idempotency_key, order_reference, authorization_id,
              authorization_id AS reference, amount_minor, currency, is_expired
            FROM authorized WHERE status <> 'DECLINED'
            UNION ALL
            SELECT 'CAPTURE', captures.idempotency_key, captures.order_reference, authorization_id, capture_id,
              captures.amount_minor, currency, is_expired
            FROM authorized JOIN captures USING (organization_id, authorization_id)
            UNION ALL
            SELECT 'VOID', voids.idempotency_key, voids.order_reference, authorization_id, void_id,
              authorized.amount_minor, currency, is_expired
            FROM authorized JOIN voids USING (organization_id, authorization_id)
            UNION ALL
            SELECT 'REFUND', refunds.idempotency_key, refunds.order_reference, authorization_id, refund_id,
              refunds.amount_minor, currency, is_expired
            FROM authorized JOIN refunds USING (organization_id, authorization_id)`
        ).pipe(
          Effect.flatMap(decodeRows),
          Effect.orDie,
          Effect.map((rows) =>
            rows.map((row) => ({
              kind: row.kind,
              key: row.idempotency_key,
              orderReference: row.order_reference,
              authorizationId: row.authorization_id,
              reference: row.reference,
              amountMinor: row.amount_minor,
              currency: row.currency,
              hasExpired: row.is_expired
            }))
          )
        )
      ),

      orderReferences: Effect.fn("ProviderStatementMock.orderReferences")((organizationId, after, limit) =>
        transaction([organizationId])(
          sql`
            SELECT DISTINCT order_reference FROM authorizations
            WHERE organization_id = ${organizationId} AND order_reference > ${after ?? ""}
              AND status <> 'DECLINED'
            ORDER BY order_reference LIMIT ${limit}`
        ).pipe(
          Effect.flatMap(decodeReferences),
          Effect.orDie,
          Effect.map((rows) => rows.map(({ order_reference }) => order_reference))
        )
      )
    })
  )
)

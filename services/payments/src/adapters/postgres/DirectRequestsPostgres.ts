import { firstRowOf, TenantDatabase } from "@valerix/database"
import { makeOrderId, OrderId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { DirectRequests } from "../../application/ports/DirectRequests.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ order_id: OrderId })]))

const key = firstRowOf(Schema.Struct({ idempotency_key: Schema.String }))

export const layerDirectRequestsPostgres = Layer.effect(
  DirectRequests,
  Effect.map(TenantDatabase, ({ sql, transaction }) =>
    DirectRequests.of({
      orderIdOf: Effect.fn("DirectRequestsPostgres.orderIdOf")(function* (organizationId, idempotencyKey) {
        const rows = yield* transaction([organizationId])(
          Effect.gen(function* () {
            yield* sql`
              INSERT INTO direct_requests (organization_id, idempotency_key, order_id)
              VALUES (${organizationId}, ${idempotencyKey}, ${makeOrderId()})
              ON CONFLICT (organization_id, idempotency_key) DO NOTHING`
            return yield* sql`
              SELECT order_id FROM direct_requests
              WHERE organization_id = ${organizationId} AND idempotency_key = ${idempotencyKey}`
          })
        )
        const [{ order_id }] = yield* Effect.orDie(decodeRows(rows))
        return order_id
      }),

      keyOf: Effect.fn("DirectRequestsPostgres.keyOf")(function* (organizationId, orderId) {
        const row = yield* transaction([organizationId])(
          key(sql`
            SELECT idempotency_key FROM direct_requests
            WHERE organization_id = ${organizationId} AND order_id = ${orderId}`)
        )
        return row?.idempotency_key
      })
    })
  )
)

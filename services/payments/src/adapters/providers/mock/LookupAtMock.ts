import type { PgClient } from "@effect/sql-pg"
import { batch, texts, uuids } from "@valerix/database"
import { MinorUnits } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { LookupAnswer, ProviderRequest } from "../../../application/ports/PaymentProvider.ts"
import { OperationKind } from "../../../domain/Operation.ts"

const Row = Schema.Struct({
  position: Schema.Int,
  kind: OperationKind,
  reference: Schema.String,
  authorization_id: Schema.String,
  amount_minor: MinorUnits,
  decline_code: Schema.NullOr(Schema.String),
  decline_message: Schema.NullOr(Schema.String)
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/** What a key has brought about. */
export const lookupAtMock = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  requests: ReadonlyArray<ProviderRequest>
) {
  const rows = yield* decodeRows(
    yield* sql`
      SELECT request.position, found.kind, found.reference, found.authorization_id, found.amount_minor, found.decline_code, found.decline_message
      FROM ${batch("request", {
        organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
        idempotency_key: texts(requests.map(({ key }) => key))
      })}
      CROSS JOIN LATERAL (
        SELECT 'AUTHORIZE' AS kind, authorization_id AS reference, authorization_id, amount_minor, decline_code, decline_message
        FROM authorizations
        WHERE organization_id = request.organization_id AND idempotency_key = request.idempotency_key
        UNION ALL
        SELECT 'CAPTURE', capture_id, authorization_id, amount_minor, NULL, NULL FROM captures
        WHERE organization_id = request.organization_id AND idempotency_key = request.idempotency_key
        UNION ALL
        SELECT 'VOID', void_id, authorization_id, (SELECT amount_minor FROM authorizations
          WHERE authorizations.organization_id = voids.organization_id
            AND authorizations.authorization_id = voids.authorization_id), NULL, NULL
        FROM voids WHERE organization_id = request.organization_id AND idempotency_key = request.idempotency_key
        UNION ALL
        SELECT 'REFUND', refund_id, authorization_id, amount_minor, NULL, NULL FROM refunds
        WHERE organization_id = request.organization_id AND idempotency_key = request.idempotency_key
      ) AS found`
  )
  const byPosition = new Map(rows.map((row) => [row.position, row]))
  return requests.map((_, index): LookupAnswer => {
    const row = byPosition.get(index + 1)
    if (row === undefined) return { _tag: "NotFound" }
    return row.decline_code === null
      ? {
          _tag: "Found",
          kind: row.kind,
          reference: row.reference,
          authorizationId: row.authorization_id,
          amountMinor: row.amount_minor
        }
      : { _tag: "FoundDeclined", code: row.decline_code, message: row.decline_message ?? "" }
  })
})

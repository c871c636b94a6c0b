import { createHash } from "node:crypto"
import type { PgClient } from "@effect/sql-pg"
import { batch, bigints, texts, uuids } from "@valerix/database"
import { MinorUnits } from "@valerix/money-and-ids"
import { Effect, Redacted, Schema } from "effect"
import type { AuthorizeAnswer, AuthorizeRequest } from "../../../application/ports/PaymentProvider.ts"
import { declineOf } from "./Decline.ts"
import type { MockProviderSettings } from "./MockProviderSettings.ts"
import { newReference } from "./ProviderReference.ts"

const Row = Schema.Struct({
  position: Schema.Int,
  authorization_id: Schema.String,
  order_reference: Schema.String,
  amount_minor: MinorUnits,
  currency: Schema.String,
  token_digest: Schema.String,
  decline_code: Schema.NullOr(Schema.String),
  decline_message: Schema.NullOr(Schema.String),
  expires_at: Schema.Date
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/** What a first request makes, declines included, every later one with the same key and parameters is answered again. */
export const authorizeAtMock = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  requests: ReadonlyArray<AuthorizeRequest>,
  settings: MockProviderSettings
) {
  const declines = requests.map(({ key, token }) => declineOf(Redacted.value(token), key, settings))
  yield* sql`
    INSERT INTO authorizations (organization_id, authorization_id, idempotency_key, order_reference, amount_minor,
      currency, token_digest, status, decline_code, decline_message, expires_at)
    SELECT organization_id, authorization_id, idempotency_key, order_reference, amount_minor, currency, token_digest,
      CASE WHEN decline_code IS NULL THEN 'AUTHORIZED' ELSE 'DECLINED' END, decline_code, decline_message,
      now() + interval '7 days'
    FROM ${batch("request", {
      organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
      authorization_id: texts(requests.map(() => newReference("auth"))),
      idempotency_key: texts(requests.map(({ key }) => key)),
      order_reference: texts(requests.map(({ orderId }) => orderId)),
      amount_minor: bigints(requests.map(({ amountMinor }) => amountMinor)),
      currency: texts(requests.map(({ currency }) => currency)),
      token_digest: texts(requests.map(({ token }) => digestOf(token))),
      decline_code: texts(declines.map((decline) => decline?.code ?? null)),
      decline_message: texts(declines.map((decline) => decline?.message ?? null))
    })}
    ORDER BY organization_id, idempotency_key, position
    ON CONFLICT (organization_id, idempotency_key) DO NOTHING`
  const rows = yield* decodeRows(
    yield* sql`
      SELECT request.position, authorization_id, order_reference, amount_minor, currency, token_digest, decline_code,
        decline_message, expires_at
      FROM ${batch("request", {
        organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
        idempotency_key: texts(requests.map(({ key }) => key))
      })} JOIN authorizations USING (organization_id, idempotency_key)`
  )
  const byPosition = new Map(rows.map((row) => [row.position, row]))
  return requests.map((request, index): AuthorizeAnswer => {
    const row = byPosition.get(index + 1)
    return row === undefined ? { _tag: "Unanswered", reason: "the authorization was lost" } : answerOf(request, row)
  })
})

const answerOf = (request: AuthorizeRequest, row: typeof Row.Type): AuthorizeAnswer => {
  const isSame =
    row.order_reference === request.orderId &&
    row.amount_minor === request.amountMinor &&
    row.currency === request.currency &&
    row.token_digest === digestOf(request.token)
  if (!isSame) return { _tag: "KeyReused" }
  return row.decline_code === null
    ? { _tag: "Succeeded", reference: row.authorization_id, expiresAt: row.expires_at }
    : { _tag: "Declined", code: row.decline_code, message: row.decline_message ?? "" }
}

const digestOf = (token: Redacted.Redacted) => createHash("sha256").update(Redacted.value(token)).digest("base64url")

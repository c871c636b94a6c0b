import type { PgClient } from "@effect/sql-pg"
import { batch, texts, uuids } from "@valerix/database"
import { Effect, Schema } from "effect"
import type { VoidAnswer, VoidRequest } from "../../../application/ports/PaymentProvider.ts"
import { type LockedAuthorization, lockAuthorizations, nameOf } from "./LockedAuthorizations.ts"
import { newReference } from "./ProviderReference.ts"

const Row = Schema.Struct({
  organization_id: Schema.String,
  idempotency_key: Schema.String,
  void_id: Schema.String,
  authorization_id: Schema.String
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

interface Void {
  readonly request: VoidRequest
  readonly voidId: string
  readonly orderReference: string
}

/** Voids authorizations, and never a captured one. */
export const voidAtMock = Effect.fnUntraced(function* (sql: PgClient.PgClient, requests: ReadonlyArray<VoidRequest>) {
  const authorizations = yield* lockAuthorizations(sql, requests)
  const known = yield* voidsByKey(sql, requests)
  const made: Array<Void> = []
  const answers = requests.map((request): VoidAnswer => {
    const earlier = known.get(nameOf(request.organizationId, request.key))
    if (earlier !== undefined) {
      return earlier.authorizationId === request.authorizationId
        ? { _tag: "Succeeded", reference: earlier.voidId }
        : { _tag: "KeyReused" }
    }
    const authorization = authorizations.get(nameOf(request.organizationId, request.authorizationId))
    if (authorization === undefined) return { _tag: "NotFound" }
    const refusal = refusalOf(authorization)
    if (refusal !== undefined) return refusal
    const voidId = newReference("void")
    made.push({ request, voidId, orderReference: authorization.orderReference })
    authorization.status = "VOIDED"
    known.set(nameOf(request.organizationId, request.key), { ...request, voidId })
    return { _tag: "Succeeded", reference: voidId }
  })
  if (made.length > 0) yield* write(sql, made)
  return answers
})

const refusalOf = ({ isExpired, status }: LockedAuthorization): VoidAnswer | undefined => {
  switch (status) {
    case "DECLINED":
      return { _tag: "NotFound" }
    case "VOIDED":
      return { _tag: "AlreadyVoided" }
    case "CAPTURED":
      return { _tag: "AlreadyCaptured" }
    case "AUTHORIZED":
      return isExpired ? { _tag: "Expired" } : undefined
  }
}

const voidsByKey = Effect.fnUntraced(function* (sql: PgClient.PgClient, requests: ReadonlyArray<VoidRequest>) {
  const rows = yield* decodeRows(
    yield* sql`
      SELECT organization_id, idempotency_key, void_id, authorization_id
      FROM ${batch("request", {
        organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
        idempotency_key: texts(requests.map(({ key }) => key))
      })} JOIN voids USING (organization_id, idempotency_key)`
  )
  return new Map(
    rows.map((row) => [
      nameOf(row.organization_id, row.idempotency_key),
      { voidId: row.void_id, authorizationId: row.authorization_id }
    ])
  )
})

const write = (sql: PgClient.PgClient, made: ReadonlyArray<Void>) => sql`
  WITH voided AS (
    INSERT INTO voids (organization_id, void_id, idempotency_key, authorization_id, order_reference)
    SELECT organization_id, void_id, idempotency_key, authorization_id, order_reference
    FROM ${batch("void", {
      organization_id: uuids(made.map(({ request }) => request.organizationId)),
      void_id: texts(made.map(({ voidId }) => voidId)),
      idempotency_key: texts(made.map(({ request }) => request.key)),
      authorization_id: texts(made.map(({ request }) => request.authorizationId)),
      order_reference: texts(made.map(({ orderReference }) => orderReference))
    })}
    RETURNING organization_id, authorization_id
  )
  UPDATE authorizations SET status = 'VOIDED' FROM voided
  WHERE authorizations.organization_id = voided.organization_id
    AND authorizations.authorization_id = voided.authorization_id`

import type { PgClient } from "@effect/sql-pg"
import { batch, bigints, texts, uuids } from "@valerix/database"
import { MinorUnits } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { CaptureAnswer, CaptureRequest } from "../../../application/ports/PaymentProvider.ts"
import { CAPTURE_TOO_LARGE } from "./AmountTooLarge.ts"
import { type LockedAuthorization, lockAuthorizations, nameOf } from "./LockedAuthorizations.ts"
import { newReference } from "./ProviderReference.ts"

const Row = Schema.Struct({
  organization_id: Schema.String,
  idempotency_key: Schema.String,
  capture_id: Schema.String,
  authorization_id: Schema.String,
  amount_minor: MinorUnits
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

interface Capture {
  readonly request: CaptureRequest
  readonly captureId: string
  readonly orderReference: string
}

/** Captures authorizations, each once, and never a voided or an expired one. */
export const captureAtMock = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  requests: ReadonlyArray<CaptureRequest>
) {
  const authorizations = yield* lockAuthorizations(sql, requests)
  const known = yield* capturesByKey(sql, requests)
  const made: Array<Capture> = []
  const answers = requests.map((request): CaptureAnswer => {
    const earlier = known.get(nameOf(request.organizationId, request.key))
    if (earlier !== undefined) {
      return earlier.authorizationId === request.authorizationId && earlier.amountMinor === request.amountMinor
        ? { _tag: "Succeeded", reference: earlier.captureId }
        : { _tag: "KeyReused" }
    }
    const authorization = authorizations.get(nameOf(request.organizationId, request.authorizationId))
    if (authorization === undefined) return { _tag: "NotFound" }
    const refusal = refusalOf(request, authorization)
    if (refusal !== undefined) return refusal
    const captureId = newReference("cap")
    made.push({ request, captureId, orderReference: authorization.orderReference })
    authorization.status = "CAPTURED"
    known.set(nameOf(request.organizationId, request.key), { ...request, captureId })
    return { _tag: "Succeeded", reference: captureId }
  })
  if (made.length > 0) yield* write(sql, made)
  return answers
})

const refusalOf = (request: CaptureRequest, authorization: LockedAuthorization): CaptureAnswer | undefined => {
  switch (authorization.status) {
    case "DECLINED":
      return { _tag: "NotFound" }
    case "VOIDED":
      return { _tag: "AlreadyVoided" }
    case "CAPTURED":
      return { _tag: "AlreadyCaptured" }
    case "AUTHORIZED":
      if (authorization.isExpired) return { _tag: "Expired" }
      return request.amountMinor > authorization.amountMinor ? CAPTURE_TOO_LARGE : undefined
  }
}

const capturesByKey = Effect.fnUntraced(function* (sql: PgClient.PgClient, requests: ReadonlyArray<CaptureRequest>) {
  const rows = yield* decodeRows(
    yield* sql`
      SELECT organization_id, idempotency_key, capture_id, authorization_id, amount_minor
      FROM ${batch("request", {
        organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
        idempotency_key: texts(requests.map(({ key }) => key))
      })} JOIN captures USING (organization_id, idempotency_key)`
  )
  return new Map(
    rows.map((row) => [
      nameOf(row.organization_id, row.idempotency_key),
      { captureId: row.capture_id, authorizationId: row.authorization_id, amountMinor: row.amount_minor }
    ])
  )
})

const write = (sql: PgClient.PgClient, made: ReadonlyArray<Capture>) => sql`
  WITH captured AS (
    INSERT INTO captures
      (organization_id, capture_id, idempotency_key, authorization_id, order_reference, amount_minor)
    SELECT organization_id, capture_id, idempotency_key, authorization_id, order_reference, amount_minor
    FROM ${batch("capture", {
      organization_id: uuids(made.map(({ request }) => request.organizationId)),
      capture_id: texts(made.map(({ captureId }) => captureId)),
      idempotency_key: texts(made.map(({ request }) => request.key)),
      authorization_id: texts(made.map(({ request }) => request.authorizationId)),
      order_reference: texts(made.map(({ orderReference }) => orderReference)),
      amount_minor: bigints(made.map(({ request }) => request.amountMinor))
    })}
    RETURNING organization_id, authorization_id
  )
  UPDATE authorizations SET status = 'CAPTURED' FROM captured
  WHERE authorizations.organization_id = captured.organization_id
    AND authorizations.authorization_id = captured.authorization_id`

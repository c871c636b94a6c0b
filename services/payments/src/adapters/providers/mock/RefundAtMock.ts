import type { PgClient } from "@effect/sql-pg"
import { batch, bigints, texts, uuids } from "@valerix/database"
import { MinorUnits } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import type { RefundAnswer, RefundRequest } from "../../../application/ports/PaymentProvider.ts"
import { REFUND_TOO_LARGE } from "./AmountTooLarge.ts"
import { nameOf } from "./LockedAuthorizations.ts"
import { newReference } from "./ProviderReference.ts"

const CaptureRow = Schema.Struct({
  organization_id: Schema.String,
  capture_id: Schema.String,
  authorization_id: Schema.String,
  order_reference: Schema.String,
  amount_minor: MinorUnits,
  refunded_minor: MinorUnits
})
const decodeCaptures = Schema.decodeUnknownEffect(Schema.Array(CaptureRow))

const RefundRow = Schema.Struct({
  organization_id: Schema.String,
  idempotency_key: Schema.String,
  refund_id: Schema.String,
  capture_id: Schema.String,
  amount_minor: MinorUnits
})
const decodeRefunds = Schema.decodeUnknownEffect(Schema.Array(RefundRow))

interface LockedCapture {
  readonly authorizationId: string
  readonly orderReference: string
  readonly amountMinor: number
  refundedMinor: number
}

interface Refund {
  readonly request: RefundRequest
  readonly refundId: string
  readonly capture: LockedCapture
}

/** Refunds captures, never more than was captured. */
export const refundAtMock = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  requests: ReadonlyArray<RefundRequest>
) {
  const captures = yield* lockCaptures(sql, requests)
  const known = yield* refundsByKey(sql, requests)
  const made: Array<Refund> = []
  const answers = requests.map((request): RefundAnswer => {
    const earlier = known.get(nameOf(request.organizationId, request.key))
    if (earlier !== undefined) {
      return earlier.captureId === request.captureId && earlier.amountMinor === request.amountMinor
        ? { _tag: "Succeeded", reference: earlier.refundId }
        : { _tag: "KeyReused" }
    }
    const capture = captures.get(nameOf(request.organizationId, request.captureId))
    if (capture === undefined) return { _tag: "NotFound" }
    if (capture.refundedMinor > 0 && capture.refundedMinor === capture.amountMinor) return { _tag: "AlreadyRefunded" }
    if (capture.refundedMinor + request.amountMinor > capture.amountMinor) {
      return REFUND_TOO_LARGE
    }
    const refundId = newReference("ref")
    made.push({ request, refundId, capture })
    capture.refundedMinor += request.amountMinor
    known.set(nameOf(request.organizationId, request.key), { ...request, refundId })
    return { _tag: "Succeeded", reference: refundId }
  })
  if (made.length > 0) yield* write(sql, made)
  return answers
})

const lockCaptures = Effect.fnUntraced(function* (sql: PgClient.PgClient, requests: ReadonlyArray<RefundRequest>) {
  const rows = () =>
    batch("request", {
      organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
      capture_id: texts(requests.map(({ captureId }) => captureId))
    })
  yield* sql`
    SELECT 1 FROM ${rows()} JOIN captures USING (organization_id, capture_id)
    ORDER BY organization_id, capture_id FOR UPDATE OF captures`
  const found = yield* decodeCaptures(
    yield* sql`
      SELECT organization_id, capture_id, authorization_id, order_reference, amount_minor, refunded_minor
      FROM ${rows()} JOIN captures USING (organization_id, capture_id)`
  )
  return new Map(
    found.map((row): [string, LockedCapture] => [
      nameOf(row.organization_id, row.capture_id),
      {
        authorizationId: row.authorization_id,
        orderReference: row.order_reference,
        amountMinor: row.amount_minor,
        refundedMinor: row.refunded_minor
      }
    ])
  )
})

const refundsByKey = Effect.fnUntraced(function* (sql: PgClient.PgClient, requests: ReadonlyArray<RefundRequest>) {
  const rows = yield* decodeRefunds(
    yield* sql`
      SELECT organization_id, idempotency_key, refund_id, capture_id, amount_minor
      FROM ${batch("request", {
        organization_id: uuids(requests.map(({ organizationId }) => organizationId)),
        idempotency_key: texts(requests.map(({ key }) => key))
      })} JOIN refunds USING (organization_id, idempotency_key)`
  )
  return new Map(
    rows.map((row) => [
      nameOf(row.organization_id, row.idempotency_key),
      { refundId: row.refund_id, captureId: row.capture_id, amountMinor: row.amount_minor }
    ])
  )
})

const write = (sql: PgClient.PgClient, made: ReadonlyArray<Refund>) => sql`
  WITH refunded AS (
    INSERT INTO refunds
      (organization_id, refund_id, idempotency_key, capture_id, authorization_id, order_reference, amount_minor)
    SELECT organization_id, refund_id, idempotency_key, capture_id, authorization_id, order_reference, amount_minor
    FROM ${batch("refund", {
      organization_id: uuids(made.map(({ request }) => request.organizationId)),
      refund_id: texts(made.map(({ refundId }) => refundId)),
      idempotency_key: texts(made.map(({ request }) => request.key)),
      capture_id: texts(made.map(({ request }) => request.captureId)),
      authorization_id: texts(made.map(({ capture }) => capture.authorizationId)),
      order_reference: texts(made.map(({ capture }) => capture.orderReference)),
      amount_minor: bigints(made.map(({ request }) => request.amountMinor))
    })}
    RETURNING organization_id, capture_id, amount_minor
  )
  UPDATE captures SET refunded_minor = captures.refunded_minor + summed.amount_minor
  FROM (SELECT organization_id, capture_id, sum(amount_minor)::bigint AS amount_minor
    FROM refunded GROUP BY organization_id, capture_id) AS summed
  WHERE captures.organization_id = summed.organization_id AND captures.capture_id = summed.capture_id`

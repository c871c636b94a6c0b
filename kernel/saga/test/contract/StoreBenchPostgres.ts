import { batch, bigints, booleans, ints, jsons, texts, uuids } from "@valerix/database"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Layer, Schema } from "effect"
import { makeSagaStorePostgres, SagaFailureJson, type SagaTables } from "../../src/index.ts"
import { tripStatuses } from "../Trips.ts"
import { type NewSaga, type SeenSaga, StoreBench } from "./StoreBench.ts"

export const tripTables: SagaTables = {
  ledger: "trip_ledger",
  queue: "trip_queue",
  timeline: "trip_timeline",
  id: "trip_id"
}

const TimelineRow = Schema.Struct({
  step: Schema.String,
  attempt: Schema.Int,
  outcome: Schema.Literals(["DONE", "REJECTED", "UNAVAILABLE", "NOT_SENT", "CANCELLED"]),
  detail: Schema.NullOr(Schema.String),
  duration_ms: Schema.Int
})

const SeenRow = Schema.Struct({
  status: Schema.String,
  retry_count: Schema.Int,
  unsent_count: Schema.Int,
  undone_steps: Schema.Array(Schema.String),
  failure: Schema.NullOr(SagaFailureJson),
  park_reason: Schema.NullOr(Schema.String),
  unsent_since_ms: Schema.NullOr(Schema.Number),
  queue_epoch: Schema.NullOr(Schema.Int),
  due_at_ms: Schema.NullOr(Schema.Number),
  timeline: Schema.Array(TimelineRow),
  event_types: Schema.Array(Schema.String)
})
const decodeSeen = Schema.decodeUnknownEffect(Schema.Tuple([SeenRow]))

const seenOf = (row: typeof SeenRow.Type): SeenSaga => ({
  status: row.status,
  attempts: row.retry_count,
  unsent: row.unsent_count,
  undone: row.undone_steps,
  failure: row.failure ?? undefined,
  parkReason: row.park_reason ?? undefined,
  unsentSinceMs: row.unsent_since_ms ?? undefined,
  queue:
    row.queue_epoch === null || row.due_at_ms === null ? undefined : { epoch: row.queue_epoch, dueAtMs: row.due_at_ms },
  timeline: row.timeline.map(({ attempt, detail, duration_ms, outcome, step }) => ({
    step,
    number: attempt,
    outcome,
    detail: detail ?? undefined,
    durationMs: duration_ms
  })),
  eventTypes: row.event_types
})

/** An emptied database. Its clock cannot be moved, so that time passes by moving every time in the tables back. */
export const layerStoreBenchPostgres = Layer.effect(
  StoreBench,
  Effect.gen(function* () {
    const { sql } = yield* OwnerDatabase
    const store = yield* makeSagaStorePostgres(tripTables, tripStatuses)
    const otherStore = yield* makeSagaStorePostgres(tripTables, tripStatuses)
    yield* Effect.orDie(sql`TRUNCATE trip_ledger, trip_queue, trip_timeline, outbox`)

    const put = (sagas: ReadonlyArray<NewSaga>) => {
      const rows = batch("trip", {
        organization_id: uuids(sagas.map((saga) => saga.organizationId)),
        trip_id: uuids(sagas.map((saga) => saga.sagaId)),
        status: texts(sagas.map((saga) => saga.status ?? tripStatuses.ready)),
        saga_version: ints(sagas.map((saga) => saga.version ?? 1)),
        epoch: ints(sagas.map((saga) => saga.epoch ?? 0)),
        retry_count: ints(sagas.map((saga) => saga.attempts ?? 0)),
        unsent_count: ints(sagas.map((saga) => saga.unsent ?? 0)),
        undone: texts(sagas.map((saga) => (saga.undone ?? []).join(","))),
        failure: jsons(sagas.map((saga) => saga.failure ?? null)),
        correlation_id: texts(sagas.map((saga) => saga.correlationId ?? null)),
        cancel_requested: booleans(sagas.map((saga) => saga.cancelRequested ?? false)),
        unsent_for_ms: bigints(sagas.map((saga) => ((saga.unsent ?? 0) > 0 ? (saga.unsentForMs ?? 0) : null))),
        weight: ints(sagas.map((saga) => saga.weight ?? 1)),
        expires_in_ms: bigints(sagas.map((saga) => saga.expiresInMs ?? null)),
        due_in_ms: bigints(
          sagas.map((saga) => (saga.dueInMs === Number.POSITIVE_INFINITY ? null : (saga.dueInMs ?? 0)))
        )
      })
      return Effect.orDie(sql`
        WITH trip AS (SELECT * FROM ${rows}), begun AS (
          INSERT INTO trip_ledger (organization_id, trip_id, status, saga_version, epoch, retry_count, unsent_count,
            undone_steps, failure, correlation_id, cancel_requested_at, unsent_since, expires_at)
          SELECT organization_id, trip_id, status, saga_version, epoch, retry_count, unsent_count,
            string_to_array(undone, ','), failure, correlation_id, CASE WHEN cancel_requested THEN now() END,
            now() - unsent_for_ms * interval '1 ms', now() + expires_in_ms * interval '1 ms' FROM trip
        )
        INSERT INTO trip_queue (organization_id, trip_id, saga_version, epoch, weight, visible_at)
        SELECT organization_id, trip_id, saga_version, epoch, weight,
          coalesce(now() + due_in_ms * interval '1 ms', 'infinity') FROM trip`)
    }

    const see: StoreBench["Service"]["see"] = ({ organizationId, sagaId }) =>
      sql`
        SELECT status, retry_count, unsent_count, undone_steps, failure, park_reason,
          extract(epoch FROM unsent_since)::float8 * 1000 AS unsent_since_ms, queue.epoch AS queue_epoch,
          extract(epoch FROM queue.visible_at)::float8 * 1000 AS due_at_ms,
          (SELECT coalesce(jsonb_agg(to_jsonb(trip_timeline) ORDER BY entry), '[]') FROM trip_timeline
            WHERE organization_id = ledger.organization_id AND trip_id = ledger.trip_id) AS timeline,
          array(SELECT event_type FROM outbox
            WHERE organization_id = ledger.organization_id AND aggregate_id = ledger.trip_id ORDER BY sequence) AS event_types
        FROM trip_ledger AS ledger LEFT JOIN trip_queue AS queue USING (organization_id, trip_id)
        WHERE organization_id = ${organizationId}::uuid AND trip_id = ${sagaId}::uuid`.pipe(
        Effect.flatMap(decodeSeen),
        Effect.map(([row]) => seenOf(row)),
        Effect.orDie
      )

    return StoreBench.of({
      store,
      otherStore,
      put,
      see,
      nowMs: sql`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_ms`.pipe(
        Effect.flatMap(Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ now_ms: Schema.Number })]))),
        Effect.map(([row]) => row.now_ms),
        Effect.orDie
      ),
      passTime: (ms) =>
        Effect.orDie(sql`
          WITH passed AS (SELECT ${ms} * interval '1 ms' AS time), moved AS (
            UPDATE trip_ledger SET unsent_since = unsent_since - time, expires_at = expires_at - time FROM passed
          )
          UPDATE trip_queue SET visible_at = visible_at - time FROM passed`),
      askToCancel: ({ organizationId, sagaId }) =>
        Effect.orDie(sql`
          UPDATE trip_ledger SET cancel_requested_at = now()
          WHERE organization_id = ${organizationId}::uuid AND trip_id = ${sagaId}::uuid`),
      resume: ({ organizationId, sagaId }) =>
        Effect.orDie(sql`
          UPDATE trip_queue SET visible_at = now()
          WHERE organization_id = ${organizationId}::uuid AND trip_id = ${sagaId}::uuid`)
    })
  })
)

import { rowsOf } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Layer, Schema } from "effect"
import { leasesOf, queueRow } from "../support/Books.ts"
import { passTime } from "../support/PassTime.ts"
import { LedgerBooks } from "./LedgerBooks.ts"

const eventRows = rowsOf(
  Schema.Struct({
    organization_id: OrganizationId,
    event_type: Schema.String,
    event_version: Schema.Int,
    aggregate_type: Schema.String,
    aggregate_id: Schema.String,
    correlation_id: Schema.NullOr(Schema.String),
    payload: Schema.Unknown
  })
)

const nowRows = rowsOf(Schema.Struct({ now_ms: Schema.Number }))

/** The books of a ledger in PostgreSQL. */
export const LedgerBooksPostgres = Layer.effect(
  LedgerBooks,
  Effect.gen(function* () {
    const owner = yield* OwnerDatabase
    const { sql } = owner
    const asOwner = Effect.provideService(OwnerDatabase, owner)
    return LedgerBooks.of({
      queued: (orderId) =>
        Effect.map(asOwner(queueRow(orderId)), (row) =>
          row === undefined ? undefined : { epoch: row.epoch, version: row.saga_version, weight: row.weight }
        ),
      leases: (orderId) =>
        Effect.map(asOwner(leasesOf(orderId)), (rows) =>
          rows.map(({ generation, has_run_out }) => ({ generation, hasRunOut: has_run_out }))
        ),
      events: (orderId) =>
        Effect.map(
          eventRows(sql`
            SELECT organization_id, event_type, event_version, aggregate_type, aggregate_id, correlation_id, payload
            FROM outbox WHERE aggregate_id = ${orderId} ORDER BY sequence`),
          (rows) =>
            rows.map((row) => ({
              organizationId: row.organization_id,
              eventType: row.event_type,
              eventVersion: row.event_version,
              aggregateType: row.aggregate_type,
              aggregateId: row.aggregate_id,
              correlationId: row.correlation_id ?? undefined,
              payload: row.payload
            }))
        ),
      nowMs: Effect.map(
        nowRows(sql`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_ms`),
        ([row]) => row?.now_ms ?? 0
      ),
      passTime: (ms) => asOwner(passTime(ms))
    })
  })
)

import { assert, layer } from "@effect/vitest"
import { layerTenantTransactionsPostgres, rowsOf } from "@valerix/database"
import { OrganizationId, Uuid } from "@valerix/money-and-ids"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Layer, Schema } from "effect"
import { layerOutboxPostgres } from "../src/index.ts"
import { anEvent, append, outboxContract, Told } from "./OutboxContract.ts"

const rows = rowsOf(
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

const ToldPostgres = Layer.effect(
  Told,
  Effect.map(OwnerDatabase, ({ sql }) =>
    Told.of({
      about: (events) =>
        Effect.map(
          rows(sql`
            SELECT organization_id, event_type, event_version, aggregate_type, aggregate_id, correlation_id, payload
            FROM outbox WHERE aggregate_id::text = ANY (${events.map(({ aggregateId }) => aggregateId)}::text[])
            ORDER BY sequence`),
          (found) =>
            found.map((row) => ({
              organizationId: row.organization_id,
              eventType: row.event_type,
              eventVersion: row.event_version,
              aggregateType: row.aggregate_type,
              aggregateId: row.aggregate_id,
              correlationId: row.correlation_id ?? undefined,
              payload: row.payload
            }))
        )
    })
  )
)

const Postgres = Layer.mergeAll(layerTenantTransactionsPostgres(), layerOutboxPostgres(), ToldPostgres).pipe(
  Layer.provideMerge(testDatabase("messaging_test", new URL("./tables/", import.meta.url)))
)

layer(Postgres, { excludeTestServices: true })("the outbox in PostgreSQL", (it) => {
  for (const [promise, test] of outboxContract) it.effect(promise, () => test)

  it.effect("keeps each event under an id of its own", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const event = anEvent()
      yield* append([event, event])
      const ids = yield* sql<{ event_id: string }>`
        SELECT event_id FROM outbox WHERE aggregate_id = ${event.aggregateId}::uuid`
      assert.isTrue(ids.every(({ event_id }) => Schema.is(Uuid)(event_id)))
      assert.strictEqual(new Set(ids.map(({ event_id }) => event_id)).size, 2)
    })
  )
})

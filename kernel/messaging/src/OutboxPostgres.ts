import type { PgClient } from "@effect/sql-pg"
import { batch, ints, jsons, TenantDatabase, texts, uuids } from "@valerix/database"
import { makeEventId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"
import { Outbox } from "./Outbox.ts"

/** Appends events to the service's `outbox`. Call it inside the transaction of the change. */
export const appendEvents = Effect.fnUntraced(function* (sql: PgClient.PgClient, events: ReadonlyArray<DomainEvent>) {
  if (events.length === 0) return
  yield* sql`
    INSERT INTO outbox
      (event_id, organization_id, event_type, event_version, aggregate_type, aggregate_id, correlation_id, payload)
    SELECT event_id, organization_id, event_type, event_version, aggregate_type, aggregate_id, correlation_id, payload
    FROM ${batch("event", {
      event_id: uuids(events.map(() => makeEventId())),
      organization_id: uuids(events.map((event) => event.organizationId)),
      event_type: texts(events.map((event) => event.eventType)),
      event_version: ints(events.map((event) => event.eventVersion)),
      aggregate_type: texts(events.map((event) => event.aggregateType)),
      aggregate_id: uuids(events.map((event) => event.aggregateId)),
      correlation_id: texts(events.map((event) => event.correlationId ?? null)),
      payload: jsons(events.map((event) => event.payload))
    })}`
})

/** The outbox of the service's database. A layer of its own each time, because a program has several databases. */
export const layerOutboxPostgres = () =>
  Layer.effect(
    Outbox,
    Effect.map(TenantDatabase, ({ sql }) => Outbox.of({ append: (events) => Effect.orDie(appendEvents(sql, events)) }))
  )

import type { PgClient } from "@effect/sql-pg"
import { batch, ints, jsons, texts, uuids } from "@valerix/database"
import { makeEventId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"

/** One thing that happened, told to whoever listens: written in the transaction of the change that it tells of. */
export interface DomainEvent {
  readonly organizationId: OrganizationId
  /** `order.created` and the like: also the routing key. */
  readonly eventType: string
  readonly eventVersion: number
  readonly aggregateType: string
  readonly aggregateId: string
  /** Joins the events of one order; none for a change that no request of a caller began. */
  readonly correlationId: string | undefined
  readonly payload: unknown
}

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

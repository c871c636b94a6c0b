import { assert, layer } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { OrganizationId, Uuid, uuidV7 } from "@valerix/money-and-ids"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Exit, Schema } from "effect"
import { appendEvents, type DomainEvent } from "../src/index.ts"

const Database = testDatabase("messaging_test", new URL("./tables/", import.meta.url))

const makeOrganization = () => OrganizationId.make(uuidV7())

const anEvent = (event: Partial<DomainEvent> = {}): DomainEvent => ({
  organizationId: makeOrganization(),
  eventType: "order.created",
  eventVersion: 1,
  aggregateType: "order",
  aggregateId: uuidV7(),
  correlationId: undefined,
  payload: {},
  ...event
})

const append = (events: ReadonlyArray<DomainEvent>) =>
  Effect.flatMap(TenantDatabase, ({ sql, transaction }) =>
    Effect.orDie(transaction(events.map(({ organizationId }) => organizationId))(appendEvents(sql, events)))
  )

/** The events of these aggregates, as they stand in the outbox. */
const outboxOf = (events: ReadonlyArray<DomainEvent>) =>
  Effect.flatMap(
    OwnerDatabase,
    ({ sql }) => sql<{ event_id: string; aggregate_id: string }>`
      SELECT event_id, organization_id, event_type, event_version, aggregate_type, aggregate_id, correlation_id, payload
      FROM outbox WHERE aggregate_id::text = ANY (${events.map(({ aggregateId }) => aggregateId)}::text[])
      ORDER BY sequence`
  )

layer(Database, { excludeTestServices: true })("the outbox", (it) => {
  it.effect("keeps all that an event says, each under an id of its own", () =>
    Effect.gen(function* () {
      const payload = {
        words: `quotes ' " \\ and {braces} – 日本語 👩‍👩‍👧‍👦`,
        amount: { amount: "19.99", currency: "EUR" },
        nothing: null,
        list: [1, 2, { three: true }]
      }
      const events = [
        anEvent({ correlationId: "request-1", payload }),
        anEvent({ eventType: "payment.failed", eventVersion: 2, aggregateType: "payment", payload: [] })
      ]
      yield* append(events)
      const kept = yield* outboxOf(events)
      assert.deepStrictEqual(
        kept.map(({ event_id, ...row }) => row),
        events.map((event) => ({
          organization_id: event.organizationId,
          event_type: event.eventType,
          event_version: event.eventVersion,
          aggregate_type: event.aggregateType,
          aggregate_id: event.aggregateId,
          correlation_id: event.correlationId ?? null,
          payload: event.payload
        }))
      )
      assert.isTrue(kept.every(({ event_id }) => Schema.is(Uuid)(event_id)))
      assert.strictEqual(new Set(kept.map(({ event_id }) => event_id)).size, 2)
    })
  )

  it.effect("keeps events in the order in which they are given, over several organizations", () =>
    Effect.gen(function* () {
      const organizations = [makeOrganization(), makeOrganization(), makeOrganization()]
      const events = Array.from({ length: 3_000 }, (_, index) => {
        const organizationId = organizations[(index * 7) % 3]
        return anEvent({ payload: { index }, ...(organizationId === undefined ? {} : { organizationId }) })
      })
      yield* append(events)
      assert.deepStrictEqual(
        (yield* outboxOf(events)).map(({ aggregate_id }) => aggregate_id),
        events.map(({ aggregateId }) => aggregateId)
      )
    })
  )

  it.effect("keeps an event only if the change that it tells of is kept", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const event = anEvent()
      const failing = transaction([event.organizationId])(
        Effect.andThen(appendEvents(sql, [event]), Effect.fail("out of stock" as const))
      )
      assert.strictEqual(yield* Effect.flip(failing), "out of stock")
      assert.deepStrictEqual(yield* outboxOf([event]), [])
    })
  )

  it.effect("takes no event of an organization that the transaction does not name, nor its neighbours then", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const [mine, theirs] = [anEvent(), anEvent()]
      const exit = yield* Effect.exit(transaction([mine.organizationId])(appendEvents(sql, [mine, theirs])))
      assert.isTrue(Exit.hasDies(exit))
      assert.deepStrictEqual(yield* outboxOf([mine, theirs]), [])
    })
  )

  it.effect("is not touched when there is nothing to tell", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const count = sql`SELECT count(*) AS count FROM outbox`
      const { sql: owner } = yield* OwnerDatabase
      const before = yield* owner`SELECT count(*) AS count FROM outbox`
      yield* withoutTenant(Effect.andThen(appendEvents(sql, []), count))
      assert.deepStrictEqual(yield* owner`SELECT count(*) AS count FROM outbox`, before)
    })
  )
})

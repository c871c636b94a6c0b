import { assert, layer } from "@effect/vitest"
import { databaseUnavailableIn } from "@valerix/database"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Exit, Fiber, Latch, Layer } from "effect"
import type { SagaKey } from "../src/index.ts"
import { attempt, claim, claimOnly, idsOf, LEASE_MS, recordOne, transition } from "./contract/Steps.ts"
import { known, StoreBench } from "./contract/StoreBench.ts"
import { layerStoreBenchPostgres } from "./contract/StoreBenchPostgres.ts"
import { makeErrorLog } from "./ErrorLog.ts"
import { untilSomebodyWaits } from "./Locks.ts"
import { sagaStoreContract } from "./SagaStoreContract.ts"
import { makeOrganization, makeOrganizations, makeTrip, makeTrips, noRooms, tripEvent } from "./Trips.ts"

const Database = testDatabase("saga_test", new URL("./migrations/", import.meta.url))

/** Does something, as the owner, in a transaction that ends only when it is told to. */
const holdOpen = Effect.fnUntraced(function* <E>(work: Effect.Effect<unknown, E>) {
  const { sql } = yield* OwnerDatabase
  const [begun, end] = [yield* Latch.make(false), yield* Latch.make(false)]
  const fiber = yield* work.pipe(
    Effect.andThen(begun.open),
    Effect.andThen(end.await),
    sql.withTransaction,
    Effect.forkChild
  )
  yield* begun.await
  return { commit: Effect.andThen(end.open, Fiber.join(fiber)) }
})

const orderKey = ({ organizationId, sagaId }: SagaKey) => `${organizationId}/${sagaId}`

const ownRow = ({ organizationId, sagaId }: SagaKey) =>
  Effect.map(OwnerDatabase, ({ sql }) => sql`organization_id = ${organizationId}::uuid AND trip_id = ${sagaId}::uuid`)

layer(Database, { excludeTestServices: true })("the saga store in PostgreSQL", (it) => {
  for (const [promise, test] of sagaStoreContract) {
    it.effect(promise, () => Effect.provide(test, layerStoreBenchPostgres))
  }

  it.effect("passes over rows that somebody else has locked, without waiting for them", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { put } = yield* StoreBench
      const [locked, free] = [makeTrip(), makeTrip()]
      yield* put([locked, free])
      const holder = yield* holdOpen(sql`SELECT 1 FROM trip_queue WHERE ${yield* ownRow(locked)} FOR UPDATE`)
      assert.deepStrictEqual(idsOf(yield* claim()), [free.sagaId])
      yield* holder.commit
      assert.deepStrictEqual(idsOf(yield* claim()), [locked.sagaId])
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("changes nothing by a write that waited while the saga was claimed by another", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { put, see, store } = yield* StoreBench
      const trip = makeTrip()
      yield* put([trip])
      const saga = yield* claimOnly(trip)
      const other = yield* holdOpen(sql`UPDATE trip_queue SET epoch = epoch + 1 WHERE ${yield* ownRow(trip)}`)
      const before = yield* see(trip)
      const writing = yield* Effect.forkChild(
        store.record([transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }, [attempt("car", 1, "DONE")])])
      )
      yield* untilSomebodyWaits
      yield* other.commit
      assert.deepStrictEqual(yield* Fiber.join(writing), [{ _tag: "Lost" }])
      const after = yield* see(trip)
      assert.deepStrictEqual({ ...after, queue: undefined }, { ...before, queue: undefined })
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("turns a saga back when cancelling is asked for while its completion is being written", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { put, see, store } = yield* StoreBench
      const trip = makeTrip()
      yield* put([{ ...trip, status: "PAID" }])
      const saga = yield* claimOnly(trip)
      const asking = yield* holdOpen(
        sql`UPDATE trip_ledger SET cancel_requested_at = now() WHERE ${yield* ownRow(trip)}`
      )
      const events = [tripEvent(trip, "trip.completed")]
      const writing = yield* Effect.forkChild(
        store.record([transition(saga, { _tag: "Complete", events, failureIfCancelled: noRooms })])
      )
      yield* untilSomebodyWaits
      yield* asking.commit
      assert.deepStrictEqual(yield* Fiber.join(writing), [
        { _tag: "Applied", status: "COMPENSATING", cancelRequested: true }
      ])
      const { eventTypes, failure, queue } = yield* see(trip)
      assert.deepStrictEqual([eventTypes, failure, queue?.epoch], [[], noRooms, 1])
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("never deadlocks when the same sagas are renewed and recorded in different orders", () =>
    Effect.gen(function* () {
      const { otherStore, put, store } = yield* StoreBench
      const trips = makeOrganizations(4).flatMap((organization) => makeTrips(50, organization))
      yield* put(trips)
      const claimed = yield* claim(1_000)
      const reversed = claimed.toReversed()
      const rotated = [...claimed.slice(77), ...claimed.slice(0, 77)]
      const park = { _tag: "Park", reason: "later", undone: [] } as const
      for (let round = 0; round < 5; round += 1) {
        yield* Effect.all(
          [
            store.renew(claimed, LEASE_MS),
            otherStore.renew(reversed, LEASE_MS),
            store.record(reversed.map((saga) => transition(saga, park))),
            otherStore.record(rotated.map((saga) => transition(saga, park)))
          ],
          { concurrency: "unbounded" }
        )
      }
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect(
    "locks the rows of queue and ledger in the order of their keys, whatever the order of its transitions",
    () =>
      Effect.gen(function* () {
        const { sql } = yield* OwnerDatabase
        const { put, store } = yield* StoreBench
        const trips = makeOrganizations(2).flatMap((organization) => makeTrips(100, organization))
        yield* put(trips)
        const claimed = (yield* claim(1_000)).toSorted((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1))
        const [first, ...others] = claimed
        if (first === undefined) return assert.fail("nothing was claimed")
        const middle = others[100] ?? first
        const holder = yield* holdOpen(sql`SELECT FROM trip_ledger WHERE ${yield* ownRow(middle)} FOR UPDATE`)
        const writing = yield* Effect.forkChild(
          store.record(claimed.toReversed().map((saga) => transition(saga, { _tag: "Advance", status: "CAR_BOOKED" })))
        )
        yield* untilSomebodyWaits
        // What comes before the row that it waits for is locked, and nothing that comes after it.
        for (const table of ["trip_ledger", "trip_queue"]) {
          const free = yield* sql<{ trip_id: string }>`SELECT trip_id FROM ${sql(table)} FOR UPDATE SKIP LOCKED`
          assert.sameMembers(
            free.map((row) => row.trip_id),
            claimed.slice(claimed.indexOf(middle) + 1).map(({ sagaId }) => sagaId)
          )
        }
        yield* holder.commit
        assert.isTrue((yield* Fiber.join(writing)).every(({ _tag }) => _tag === "Applied"))
      }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect(
    "parks a saga whose row in the ledger cannot be read, with the reason and an alert, and gives its neighbours",
    () =>
      Effect.gen(function* () {
        const { sql } = yield* OwnerDatabase
        const { put, see } = yield* StoreBench
        const [damaged, alsoDamaged, ...neighbours] = makeTrips(6)
        if (damaged === undefined || alsoDamaged === undefined) return assert.fail()
        yield* put([damaged, alsoDamaged, ...neighbours].map((trip) => ({ ...trip, undone: ["refund"] })))
        yield* sql`UPDATE trip_ledger SET failure = '{"step": 7}' WHERE ${yield* ownRow(damaged)}`
        yield* sql`UPDATE trip_ledger SET undone_steps = '{refund,NULL}' WHERE ${yield* ownRow(alsoDamaged)}`
        const log = makeErrorLog()
        assert.deepStrictEqual(idsOf(yield* Effect.provide(claim(), log.layer)), idsOf(neighbours))
        assert.strictEqual(log.errors.length, 2)
        for (const trip of [damaged, alsoDamaged]) {
          assert.isTrue(log.errors.some((error) => error.includes(trip.sagaId)))
          const [row] = yield* sql<{ reason: string; is_parked: boolean }>`
          SELECT park_reason AS reason, visible_at = 'infinity' AS is_parked
          FROM trip_ledger JOIN trip_queue USING (organization_id, trip_id) WHERE ${yield* ownRow(trip)}`
          assert.isTrue(row?.is_parked)
          assert.include(row?.reason, "its row in the ledger cannot be read")
        }
        // Repaired and resumed, it goes on as it stood.
        yield* sql`UPDATE trip_ledger SET failure = NULL WHERE ${yield* ownRow(damaged)}`
        yield* sql`UPDATE trip_queue SET visible_at = now() WHERE ${yield* ownRow(damaged)}`
        assert.deepStrictEqual((yield* claimOnly(damaged)).undone, ["refund"])
        assert.strictEqual((yield* see(damaged)).queue?.epoch, 2)
      }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("sets a queued saga aside that the ledger does not know, with an alert, and gives its neighbours", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { put, store } = yield* StoreBench
      const [unknown, neighbour] = [makeTrip(), makeTrip()]
      yield* put([unknown, neighbour])
      yield* sql`DELETE FROM trip_ledger WHERE ${yield* ownRow(unknown)}`
      const log = makeErrorLog()
      assert.deepStrictEqual(idsOf(yield* Effect.provide(claim(), log.layer)), [neighbour.sagaId])
      assert.strictEqual(log.errors.length, 1)
      assert.include(log.errors[0], unknown.sagaId)
      assert.deepStrictEqual(
        yield* sql`SELECT visible_at = 'infinity' AS is_parked FROM trip_queue WHERE ${yield* ownRow(unknown)}`,
        [{ is_parked: true }]
      )
      assert.isAbove((yield* store.nextDueMs) ?? 0, 0)
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("sets a saga aside that the ledger refuses even to park, and writes what became of its neighbours", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { put, see, store } = yield* StoreBench
      const [frozen, ...neighbours] = makeTrips(5)
      if (frozen === undefined) return assert.fail()
      yield* put([frozen, ...neighbours])
      yield* sql`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation'; END $$`
      yield* sql`
        CREATE TRIGGER refuse BEFORE UPDATE ON trip_ledger FOR EACH ROW
        WHEN (OLD.trip_id = ${sql.literal(`'${frozen.sagaId}'`)}) EXECUTE FUNCTION refuse()`
      const claimed = yield* claim()
      const log = makeErrorLog()
      const results = yield* Effect.provide(
        store.record(claimed.map((saga) => transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }))),
        log.layer
      )
      assert.deepStrictEqual(
        claimed.filter((_, index) => results[index]?._tag === "Lost").map(({ sagaId }) => sagaId),
        [frozen.sagaId]
      )
      assert.strictEqual((yield* see(frozen)).queue?.dueAtMs, Number.POSITIVE_INFINITY)
      assert.isTrue(log.errors.some((error) => error.includes("refuses") && error.includes(frozen.sagaId)))
      for (const trip of neighbours) assert.strictEqual((yield* see(trip)).status, "CAR_BOOKED")
    }).pipe(Effect.provide(layerStoreBenchPostgres.pipe(Layer.provideMerge(Layer.fresh(Database)))))
  )

  it.effect("writes ledger, queue, timeline and events together or not at all", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { put, see, store } = yield* StoreBench
      const trips = [makeTrip(), makeTrip()].map((trip) => ({ ...trip, status: "PAID" }))
      yield* put(trips)
      const claimed = yield* claim()
      const before = yield* Effect.forEach(trips, see)
      yield* sql`
        CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$`
      yield* sql`CREATE TRIGGER fail_once AFTER INSERT ON outbox EXECUTE FUNCTION fail_once()`
      const completions = claimed.map((saga) =>
        transition(
          saga,
          { _tag: "Complete", events: [tripEvent(saga, "trip.completed")], failureIfCancelled: noRooms },
          [attempt("ticket", 1, "DONE")]
        )
      )
      const exit = yield* Effect.exit(store.record(completions))
      assert.isTrue(Exit.isFailure(exit) && databaseUnavailableIn(exit.cause) !== undefined)
      assert.deepStrictEqual(yield* Effect.forEach(trips, see), before)

      yield* sql`DROP TRIGGER fail_once ON outbox`
      yield* store.record(completions)
      for (const trip of trips) assert.deepStrictEqual((yield* see(trip)).eventTypes, ["trip.completed"])
    }).pipe(Effect.provide(layerStoreBenchPostgres.pipe(Layer.provideMerge(Layer.fresh(Database)))))
  )

  it.effect("parks a saga of which something cannot be written, and writes what became of its neighbours", () =>
    Effect.gen(function* () {
      const { put, see, store } = yield* StoreBench
      const zeroByte = "zero \u0000 byte"
      const [inDetail, inFailure, inEvent, ...neighbours] = Array.from({ length: 7 }, () => makeTrip())
      if (inDetail === undefined || inFailure === undefined || inEvent === undefined) return assert.fail()
      yield* put([inDetail, inFailure, ...neighbours])
      yield* put([{ ...inEvent, status: "COMPENSATING", undone: ["refund"], failure: noRooms }])
      const results = yield* store.record(
        (yield* claim()).map((saga) => {
          switch (saga.sagaId) {
            case inDetail.sagaId:
              return transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }, [
                attempt("car", 1, "UNAVAILABLE", zeroByte)
              ])
            case inFailure.sagaId:
              return transition(saga, { _tag: "Compensate", failure: { ...noRooms, message: zeroByte } })
            case inEvent.sagaId: {
              const event = { ...tripEvent(saga, "trip.failed"), payload: { reason: "\ud800" } }
              return transition(saga, { _tag: "Fail", undone: ["refund", "leave"], events: [event] })
            }
            default:
              return transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }, [attempt("car", 1, "DONE")])
          }
        })
      )
      assert.isTrue(results.every((result) => result._tag === "Applied"))
      const seen = yield* Effect.forEach([inDetail, inFailure, inEvent, ...neighbours], see)
      assert.deepStrictEqual(
        seen.map(({ parkReason, queue, status, undone }) => [
          status,
          undone,
          queue?.dueAtMs === Number.POSITIVE_INFINITY,
          parkReason
        ]),
        [
          ["READY", [], true, "the database refused what came of it (Advance)"],
          ["READY", [], true, "the database refused what came of it (Compensate)"],
          ["COMPENSATING", ["refund", "leave"], true, "the database refused what came of it (Fail)"],
          ...neighbours.map(() => ["CAR_BOOKED", [], false, undefined])
        ]
      )
      assert.isTrue(seen.slice(3).every(({ timeline }) => timeline.length === 1))
      assert.isTrue(seen.every(({ eventTypes }) => eventTypes.length === 0))
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("shows in the ledger when a saga is retried, and by which lease it was moved last", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { passTime, put } = yield* StoreBench
      const trip = makeTrip()
      yield* put([{ ...trip, epoch: 4 }])
      const look = Effect.flatMap(
        ownRow(trip),
        (which) => sql`
          SELECT ledger.epoch, next_retry_at = visible_at AS is_when_due, next_retry_at IS NULL AS is_none
          FROM trip_ledger AS ledger JOIN trip_queue USING (organization_id, trip_id) WHERE ${which}`
      )
      const first = yield* claimOnly(trip)
      yield* recordOne(transition(first, { _tag: "Retry", attempts: 1, unsent: 0, undone: [], delayMs: 4_000 }))
      assert.deepStrictEqual(yield* look, [{ epoch: 5, is_when_due: true, is_none: false }])
      yield* passTime(4_000)
      const second = yield* claimOnly(trip)
      yield* recordOne(transition(second, { _tag: "Advance", status: "CAR_BOOKED" }))
      assert.deepStrictEqual(yield* look, [{ epoch: 6, is_when_due: null, is_none: true }])
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )

  it.effect("takes two sagas of the same id in two organizations for two sagas", () =>
    Effect.gen(function* () {
      const { put, see, store } = yield* StoreBench
      const mine = makeTrip()
      const theirs = { organizationId: makeOrganization(), sagaId: mine.sagaId }
      yield* put([mine, { ...theirs, status: "PAID", correlationId: "theirs" }])
      const claimed = yield* claim()
      assert.deepStrictEqual(
        claimed.map((saga) => [known(saga).organizationId, saga.status]),
        [
          [mine.organizationId, "READY"],
          [theirs.organizationId, "PAID"]
        ]
      )
      const events = [tripEvent(theirs, "trip.completed")]
      yield* store.record(
        claimed
          .filter(({ status }) => status === "PAID")
          .map((saga) => transition(saga, { _tag: "Complete", events, failureIfCancelled: noRooms }))
      )
      assert.deepStrictEqual([(yield* see(mine)).status, (yield* see(theirs)).status], ["READY", "COMPLETED"])
      assert.deepStrictEqual((yield* see(mine)).eventTypes, [])
      assert.isDefined((yield* see(mine)).queue)
    }).pipe(Effect.provide(layerStoreBenchPostgres))
  )
})

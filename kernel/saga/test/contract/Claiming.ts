import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { makeOrganizations, makeTrip, makeTrips, noRooms, tripEvent } from "../Trips.ts"
import { attempt, claim, claimOnly, DRIFT_MS, idsOf, LEASE_MS, transition, WEIGHT_MAX } from "./Steps.ts"
import { known, StoreBench } from "./StoreBench.ts"

/** Who gets a saga, and for how long. */
export const claiming: Readonly<Record<string, Effect.Effect<void, never, StoreBench>>> = {
  "gives a due saga as it stands, with the next epoch": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const trip = makeTrip()
    const standing = {
      ...trip,
      version: 3,
      status: "COMPENSATING",
      attempts: 2,
      unsent: 4,
      undone: ["refund", "leave"],
      cancelRequested: true,
      failure: noRooms,
      correlationId: "request-1"
    }
    yield* put([{ ...standing, epoch: 7, unsentForMs: 90_000, expiresInMs: 600_000 }])
    const saga = yield* claimOnly(trip)
    assert.deepStrictEqual(known(saga), { ...standing, epoch: 8 })
    assert.approximately(saga.unsentForMs, 90_000, DRIFT_MS)
    assert.approximately(saga.expiresInMs ?? 0, 600_000, DRIFT_MS)
  }),

  "gives a saga that was just begun as one without past": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const trip = makeTrip()
    yield* put([trip])
    const saga = yield* claimOnly(trip)
    assert.deepStrictEqual(known(saga), {
      ...trip,
      epoch: 1,
      version: 1,
      status: "READY",
      attempts: 0,
      unsent: 0,
      undone: [],
      cancelRequested: false,
      failure: undefined,
      correlationId: undefined
    })
    assert.strictEqual(saga.unsentForMs, 0)
    assert.strictEqual(saga.expiresInMs, undefined)
  }),

  "leases each due saga once": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const trips = makeOrganizations(3).flatMap((organization) => makeTrips(20, organization))
    yield* put(trips)
    assert.deepStrictEqual(idsOf(yield* claim()), idsOf(trips))
    assert.deepStrictEqual(yield* claim(), [])
  }),

  "never gives a saga to two workers that claim at the same time": Effect.gen(function* () {
    const { otherStore, put, store } = yield* StoreBench
    const trips = makeOrganizations(3).flatMap((organization) => makeTrips(40, organization))
    yield* put(trips)
    const claims = Array.from({ length: 24 }, (_, index) =>
      (index % 2 === 0 ? store : otherStore).claim({ limit: 8, weightMax: WEIGHT_MAX, leaseMs: LEASE_MS })
    )
    const together = (yield* Effect.all(claims, { concurrency: "unbounded" })).flat()
    // Workers that meet may pass over rows that another is about to lease, so some may be left for the next claim.
    const claimed = [...together, ...(yield* claim(trips.length))]
    assert.deepStrictEqual(idsOf(claimed), idsOf(trips))
    assert.isTrue(claimed.every(({ epoch }) => epoch === 1))
  }),

  "gives nothing before its time, nothing parked and nothing ended": Effect.gen(function* () {
    const { passTime, put, store } = yield* StoreBench
    const [later, parked, ended] = [makeTrip(), makeTrip(), makeTrip()]
    yield* put([ended])
    const saga = yield* claimOnly(ended)
    yield* store.record([transition(saga, { _tag: "Complete", events: [], failureIfCancelled: noRooms })])
    yield* put([
      { ...later, dueInMs: 60_000 },
      { ...parked, dueInMs: Number.POSITIVE_INFINITY }
    ])
    assert.deepStrictEqual(yield* claim(), [])
    yield* passTime(60_000)
    assert.deepStrictEqual(idsOf(yield* claim()), [later.sagaId])
    yield* passTime(10 * 365 * 24 * 3_600_000)
    assert.deepStrictEqual(idsOf(yield* claim()), [later.sagaId])
  }),

  "gives no more than the limit, those that have waited longest first": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const trips = makeTrips(9)
    yield* put(trips.map((trip, index) => ({ ...trip, dueInMs: -1_000 * ((index * 4) % 9) })))
    const byAge = [...trips.keys()].sort((a, b) => ((b * 4) % 9) - ((a * 4) % 9)).map((index) => trips[index]?.sagaId)
    assert.sameMembers(
      (yield* claim(4)).map(({ sagaId }) => sagaId),
      byAge.slice(0, 4)
    )
    assert.sameMembers(
      (yield* claim(4)).map(({ sagaId }) => sagaId),
      byAge.slice(4, 8)
    )
  }),

  "keeps a lease from everybody else until it runs out": Effect.gen(function* () {
    const { otherStore, passTime, put } = yield* StoreBench
    const trip = makeTrip()
    yield* put([trip])
    yield* claimOnly(trip)
    yield* passTime(LEASE_MS - DRIFT_MS)
    assert.deepStrictEqual(yield* otherStore.claim({ limit: 1, weightMax: WEIGHT_MAX, leaseMs: LEASE_MS }), [])
    yield* passTime(DRIFT_MS)
    const [again] = yield* otherStore.claim({ limit: 1, weightMax: WEIGHT_MAX, leaseMs: LEASE_MS })
    assert.strictEqual(again?.epoch, 2)
  }),

  "takes a saga from a worker whose lease ran out, and lets that worker change nothing any more": Effect.gen(
    function* () {
      const { otherStore, passTime, put, see, store } = yield* StoreBench
      const trip = makeTrip()
      yield* put([trip])
      const late = yield* claimOnly(trip)
      yield* passTime(LEASE_MS)
      const [current] = yield* otherStore.claim({ limit: 1, weightMax: WEIGHT_MAX, leaseMs: LEASE_MS })
      assert.strictEqual(current?.epoch, late.epoch + 1)
      const before = yield* see(trip)
      const attempts = [attempt("car", 1, "DONE")]
      const changes = [
        { _tag: "Advance", status: "CAR_BOOKED" },
        { _tag: "Retry", attempts: 1, unsent: 0, undone: [], delayMs: 1_000 },
        { _tag: "Compensate", failure: noRooms },
        { _tag: "Complete", events: [tripEvent(trip, "trip.completed")], failureIfCancelled: noRooms },
        { _tag: "Fail", undone: ["refund"], events: [tripEvent(trip, "trip.failed")] },
        { _tag: "Park", reason: "nobody knows", undone: [] }
      ] as const
      for (const change of changes) {
        assert.deepStrictEqual(yield* store.record([transition(late, change, attempts)]), [{ _tag: "Lost" }])
        assert.deepStrictEqual(yield* see(trip), before)
      }
      assert.deepStrictEqual(yield* store.renew([late], 10 * LEASE_MS), [false])
      assert.deepStrictEqual(yield* see(trip), before)
    }
  ),

  "goes on from what the earlier holder had recorded": Effect.gen(function* () {
    const { passTime, put, store } = yield* StoreBench
    const trip = makeTrip()
    yield* put([trip])
    const first = yield* claimOnly(trip)
    yield* store.record([transition(first, { _tag: "Advance", status: "CAR_BOOKED" })])
    yield* passTime(LEASE_MS)
    const next = yield* claimOnly(trip)
    assert.deepStrictEqual([next.status, next.epoch], ["CAR_BOOKED", 2])
  }),

  "extends the leases that still hold, and says which do": Effect.gen(function* () {
    const { otherStore, passTime, put, see, store } = yield* StoreBench
    const [held, lost, ended] = [makeTrip(), makeTrip(), makeTrip()]
    yield* put([lost])
    const lostLease = yield* claimOnly(lost)
    yield* passTime(LEASE_MS)
    yield* otherStore.claim({ limit: 1, weightMax: WEIGHT_MAX, leaseMs: LEASE_MS })
    yield* put([held])
    const heldLease = yield* claimOnly(held)
    yield* put([ended])
    const endedLease = yield* claimOnly(ended)
    yield* store.record([transition(endedLease, { _tag: "Fail", undone: [], events: [] })])
    const lostBefore = yield* see(lost)

    assert.deepStrictEqual(yield* store.renew([endedLease, heldLease, lostLease], 3 * LEASE_MS), [false, true, false])
    const { nowMs } = yield* StoreBench
    assert.approximately((yield* see(held)).queue?.dueAtMs ?? 0, (yield* nowMs) + 3 * LEASE_MS, DRIFT_MS)
    assert.deepStrictEqual(yield* see(lost), lostBefore)
    yield* passTime(2 * LEASE_MS)
    assert.deepStrictEqual(idsOf(yield* claim()), [lost.sagaId])
    assert.deepStrictEqual(yield* store.renew([], LEASE_MS), [])
  }),

  "says how long it is until the next saga is due": Effect.gen(function* () {
    const { nowMs, passTime, put, see, store } = yield* StoreBench
    assert.strictEqual(yield* store.nextDueMs, undefined)
    const [parked, later, due] = [makeTrip(), makeTrip(), makeTrip()]
    yield* put([{ ...parked, dueInMs: Number.POSITIVE_INFINITY }])
    assert.strictEqual(yield* store.nextDueMs, undefined)
    yield* put([{ ...later, dueInMs: 500_000 }])
    assert.approximately((yield* store.nextDueMs) ?? 0, 500_000, DRIFT_MS)
    yield* passTime(300_000)
    assert.approximately((yield* store.nextDueMs) ?? 0, 200_000, DRIFT_MS)
    yield* put([{ ...due, dueInMs: -5_000 }])
    assert.strictEqual(yield* store.nextDueMs, 0)
    yield* claimOnly(due)
    assert.approximately((yield* store.nextDueMs) ?? 0, LEASE_MS, DRIFT_MS)
    assert.approximately((yield* see(due)).queue?.dueAtMs ?? 0, (yield* nowMs) + LEASE_MS, DRIFT_MS)
  }),

  "names each version of the sagas that have not ended, once": Effect.gen(function* () {
    const { put, store } = yield* StoreBench
    assert.deepStrictEqual(yield* store.unfinishedVersions, [])
    const ended = makeTrip()
    yield* put([{ ...ended, version: 1 }])
    const saga = yield* claimOnly(ended)
    yield* store.record([transition(saga, { _tag: "Fail", undone: [], events: [] })])
    yield* put([
      { ...makeTrip(), version: 2 },
      { ...makeTrip(), version: 2, dueInMs: 60_000 },
      { ...makeTrip(), version: 5, dueInMs: Number.POSITIVE_INFINITY }
    ])
    assert.sameMembers([...(yield* store.unfinishedVersions)], [2, 5])
  })
}

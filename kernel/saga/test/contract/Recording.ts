import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { SagaFailure } from "../../src/index.ts"
import { makeTrip, noRooms, tripEvent } from "../Trips.ts"
import { attempt, claim, claimOnly, DRIFT_MS, LEASE_MS, recordOne, transition, WEIGHT_MAX } from "./Steps.ts"
import { StoreBench } from "./StoreBench.ts"

const cancelledLate: SagaFailure = {
  step: "ticket",
  code: "cancelled_on_request",
  message: "Cancelling was asked for."
}

/** What becomes of a saga by each change. */
export const recording: Readonly<Record<string, Effect.Effect<void, never, StoreBench>>> = {
  "keeps the lease of a saga that advances, and begins its next step afresh": Effect.gen(function* () {
    const { put, see } = yield* StoreBench
    const trip = makeTrip()
    yield* put([{ ...trip, attempts: 3, unsent: 2, unsentForMs: 500_000 }])
    const saga = yield* claimOnly(trip)
    const { queue } = yield* see(trip)
    const done = attempt("car", 4, "DONE")
    const { result, seen } = yield* recordOne(transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }, [done]))
    assert.deepStrictEqual(result, { _tag: "Applied", status: "CAR_BOOKED", cancelRequested: false })
    assert.deepStrictEqual(seen, {
      status: "CAR_BOOKED",
      attempts: 0,
      unsent: 0,
      undone: [],
      failure: undefined,
      parkReason: undefined,
      unsentSinceMs: undefined,
      queue,
      timeline: [done],
      eventTypes: []
    })
  }),

  "tells the worker that cancelling was asked for meanwhile": Effect.gen(function* () {
    const { askToCancel, put } = yield* StoreBench
    const trip = makeTrip()
    yield* put([trip])
    const saga = yield* claimOnly(trip)
    yield* askToCancel(trip)
    const { result } = yield* recordOne(transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }))
    assert.deepStrictEqual(result, { _tag: "Applied", status: "CAR_BOOKED", cancelRequested: true })
  }),

  "gives a saga that is to be retried back until its delay has passed by the store's clock": Effect.gen(function* () {
    const { nowMs, passTime, put, see, store } = yield* StoreBench
    const trip = makeTrip()
    yield* put([{ ...trip, status: "COMPENSATING", undone: ["refund"], failure: noRooms }])
    const saga = yield* claimOnly(trip)
    const before = yield* see(trip)
    const tried = attempt("leave", 1, "UNAVAILABLE", "no answer in 2000 ms")
    const { result, seen } = yield* recordOne(
      transition(saga, { _tag: "Retry", attempts: 1, unsent: 0, undone: ["refund", "leave"], delayMs: 640_000 }, [
        tried
      ])
    )
    assert.deepStrictEqual(result, { _tag: "Applied", status: "COMPENSATING", cancelRequested: false })
    assert.approximately(seen.queue?.dueAtMs ?? 0, (yield* nowMs) + 640_000, DRIFT_MS)
    assert.deepStrictEqual(seen, {
      ...before,
      attempts: 1,
      undone: ["refund", "leave"],
      queue: { epoch: 1, dueAtMs: seen.queue?.dueAtMs ?? 0 },
      timeline: [tried]
    })
    yield* passTime(640_000 - DRIFT_MS)
    assert.deepStrictEqual(yield* claim(), [])
    assert.isAtMost((yield* store.nextDueMs) ?? Number.POSITIVE_INFINITY, DRIFT_MS)
    yield* passTime(DRIFT_MS)
    const again = yield* claimOnly(trip)
    assert.deepStrictEqual([again.epoch, again.attempts, again.unsent, again.undone], [2, 1, 0, ["refund", "leave"]])
  }),

  "says how long a saga has not been reached: since the first of the latest attempts that were not sent": Effect.gen(
    function* () {
      const { passTime, put, store } = yield* StoreBench
      const trip = makeTrip()
      yield* put([trip])
      const retry = { _tag: "Retry", undone: [], delayMs: 0 } as const
      /** What the next claim finds, 100 s after these attempts were recorded. */
      const afterAttempts = Effect.fnUntraced(function* (attempts: number, unsent: number) {
        const { seen } = yield* recordOne(transition(yield* claimOnly(trip), { ...retry, attempts, unsent }))
        assert.strictEqual(seen.unsentSinceMs === undefined, unsent === 0)
        yield* passTime(100_000)
        const [next] = yield* store.claim({ limit: 1, weightMax: WEIGHT_MAX, leaseMs: 0 })
        return next?.unsentForMs ?? assert.fail("not due")
      })
      yield* passTime(3_600_000)
      assert.approximately(yield* afterAttempts(0, 1), 100_000, DRIFT_MS)
      assert.approximately(yield* afterAttempts(0, 2), 200_000, DRIFT_MS)
      // Given back as it was: the run goes on.
      assert.approximately(yield* afterAttempts(0, 2), 300_000, DRIFT_MS)
      assert.strictEqual(yield* afterAttempts(1, 0), 0)
      assert.approximately(yield* afterAttempts(1, 1), 100_000, DRIFT_MS)
      const { seen } = yield* recordOne(transition(yield* claimOnly(trip), { _tag: "Advance", status: "CAR_BOOKED" }))
      assert.strictEqual(seen.unsentSinceMs, undefined)
    }
  ),

  "turns a saga back with its failure, and keeps its lease": Effect.gen(function* () {
    const { put, see } = yield* StoreBench
    const trip = makeTrip()
    yield* put([{ ...trip, status: "CAR_BOOKED", attempts: 4, unsent: 1, unsentForMs: 500_000 }])
    const saga = yield* claimOnly(trip)
    const { queue } = yield* see(trip)
    const rejected = attempt("hotel", 5, "REJECTED", "no_rooms: The hotel is full.")
    const { result, seen } = yield* recordOne(transition(saga, { _tag: "Compensate", failure: noRooms }, [rejected]))
    assert.deepStrictEqual(result, { _tag: "Applied", status: "COMPENSATING", cancelRequested: false })
    assert.deepStrictEqual(seen, {
      status: "COMPENSATING",
      attempts: 0,
      unsent: 0,
      undone: [],
      failure: noRooms,
      parkReason: undefined,
      unsentSinceMs: undefined,
      queue,
      timeline: [rejected],
      eventTypes: []
    })
  }),

  "ends a completed saga and tells of it": Effect.gen(function* () {
    const { passTime, put } = yield* StoreBench
    const trip = makeTrip()
    yield* put([{ ...trip, status: "PAID", attempts: 2 }])
    const saga = yield* claimOnly(trip)
    const { result, seen } = yield* recordOne(
      transition(
        saga,
        { _tag: "Complete", events: [tripEvent(trip, "trip.completed")], failureIfCancelled: cancelledLate },
        [attempt("ticket", 3, "DONE")]
      )
    )
    assert.deepStrictEqual(result, { _tag: "Applied", status: "COMPLETED", cancelRequested: false })
    assert.deepStrictEqual(seen, {
      status: "COMPLETED",
      attempts: 0,
      unsent: 0,
      undone: [],
      failure: undefined,
      parkReason: undefined,
      unsentSinceMs: undefined,
      queue: undefined,
      timeline: [attempt("ticket", 3, "DONE")],
      eventTypes: ["trip.completed"]
    })
    yield* passTime(LEASE_MS)
    assert.deepStrictEqual(yield* claim(), [])
  }),

  "turns a saga back at its completion when cancelling was asked for, and does not tell that it was completed":
    Effect.gen(function* () {
      const { askToCancel, put, see } = yield* StoreBench
      const trip = makeTrip()
      yield* put([{ ...trip, status: "PAID" }])
      const saga = yield* claimOnly(trip)
      const { queue } = yield* see(trip)
      yield* askToCancel(trip)
      const { result, seen } = yield* recordOne(
        transition(
          saga,
          { _tag: "Complete", events: [tripEvent(trip, "trip.completed")], failureIfCancelled: cancelledLate },
          [attempt("ticket", 1, "DONE")]
        )
      )
      assert.deepStrictEqual(result, { _tag: "Applied", status: "COMPENSATING", cancelRequested: true })
      assert.deepStrictEqual(seen, {
        status: "COMPENSATING",
        attempts: 0,
        unsent: 0,
        undone: [],
        failure: cancelledLate,
        parkReason: undefined,
        unsentSinceMs: undefined,
        queue,
        timeline: [attempt("ticket", 1, "DONE")],
        eventTypes: []
      })
    }),

  "ends a failed saga with its failure and tells of it": Effect.gen(function* () {
    const { put } = yield* StoreBench
    const trip = makeTrip()
    yield* put([{ ...trip, status: "COMPENSATING", undone: ["refund"], failure: noRooms, attempts: 2 }])
    const saga = yield* claimOnly(trip)
    const undos = [attempt("leave", 3, "DONE"), attempt("return", 3, "DONE")]
    const { result, seen } = yield* recordOne(
      transition(
        saga,
        { _tag: "Fail", undone: ["refund", "leave", "return"], events: [tripEvent(trip, "trip.failed")] },
        undos
      )
    )
    assert.deepStrictEqual(result, { _tag: "Applied", status: "FAILED", cancelRequested: false })
    assert.deepStrictEqual(seen, {
      status: "FAILED",
      attempts: 0,
      unsent: 0,
      undone: ["refund", "leave", "return"],
      failure: noRooms,
      parkReason: undefined,
      unsentSinceMs: undefined,
      queue: undefined,
      timeline: undos,
      eventTypes: ["trip.failed"]
    })
  }),

  "parks a saga where it stands, with the reason, until someone moves it, and forgets its attempts": Effect.gen(
    function* () {
      const { passTime, put, resume, see } = yield* StoreBench
      const trip = makeTrip()
      yield* put([
        { ...trip, status: "COMPENSATING", failure: noRooms, attempts: 999, unsent: 3, unsentForMs: 800_000 }
      ])
      const saga = yield* claimOnly(trip)
      const before = yield* see(trip)
      const refused = attempt("refund", 1_000, "REJECTED", "unknown_payment: No such payment.")
      const { result, seen } = yield* recordOne(
        transition(saga, { _tag: "Park", reason: "refund: no such payment", undone: ["leave"] }, [refused])
      )
      assert.deepStrictEqual(result, { _tag: "Applied", status: "COMPENSATING", cancelRequested: false })
      assert.deepStrictEqual(seen, {
        ...before,
        attempts: 0,
        unsent: 0,
        unsentSinceMs: undefined,
        undone: ["leave"],
        parkReason: "refund: no such payment",
        queue: { epoch: 1, dueAtMs: Number.POSITIVE_INFINITY },
        timeline: [refused]
      })
      yield* passTime(365 * 24 * 3_600_000)
      assert.deepStrictEqual(yield* claim(), [])
      yield* resume(trip)
      const resumed = yield* claimOnly(trip)
      assert.deepStrictEqual([resumed.attempts, resumed.unsent, resumed.unsentForMs], [0, 0, 0])
      // A reason alone leaves the undos as they are.
      const again = yield* recordOne(transition(resumed, { _tag: "Park", reason: "nobody knows" }))
      assert.deepStrictEqual([again.seen.undone, again.seen.parkReason], [["leave"], "nobody knows"])
    }
  ),

  "takes a saga that was resumed up where it was parked, and forgets why it was parked once it has moved": Effect.gen(
    function* () {
      const { put, resume, see } = yield* StoreBench
      const changes = [
        { _tag: "Retry", attempts: 1, unsent: 0, undone: ["refund"], delayMs: 64_000 },
        { _tag: "Compensate", failure: noRooms },
        { _tag: "Fail", undone: ["refund"], events: [] }
      ] as const
      for (const change of changes) {
        const trip = makeTrip()
        yield* put([{ ...trip, status: "COMPENSATING", undone: ["refund"] }])
        const parked = yield* claimOnly(trip)
        yield* recordOne(transition(parked, { _tag: "Park", reason: "nobody knows how", undone: ["refund"] }))
        yield* resume(trip)
        const resumed = yield* claimOnly(trip)
        assert.deepStrictEqual(
          [resumed.epoch, resumed.status, resumed.attempts, resumed.undone],
          [2, "COMPENSATING", 0, ["refund"]]
        )
        assert.strictEqual((yield* see(trip)).parkReason, "nobody knows how")
        const { seen } = yield* recordOne(transition(resumed, change))
        assert.strictEqual(seen.parkReason, undefined)
      }
    }
  ),

  "changes nothing when the saga does not stand where the worker believes": Effect.gen(function* () {
    const { put, see, store } = yield* StoreBench
    const trip = makeTrip()
    yield* put([trip])
    const saga = yield* claimOnly(trip)
    yield* store.record([transition(saga, { _tag: "Advance", status: "CAR_BOOKED" }, [attempt("car", 1, "DONE")])])
    const before = yield* see(trip)
    for (const change of [
      { _tag: "Advance", status: "CAR_BOOKED" },
      { _tag: "Complete", events: [tripEvent(trip, "trip.completed")], failureIfCancelled: noRooms },
      { _tag: "Park", reason: "lost", undone: [] }
    ] as const) {
      const { result, seen } = yield* recordOne(transition(saga, change, [attempt("car", 2, "DONE")]))
      assert.deepStrictEqual(result, { _tag: "Lost" })
      assert.deepStrictEqual(seen, before)
    }
  }),

  "takes a batch of several organizations, gives one result per saga, and tells only of what was applied": Effect.gen(
    function* () {
      const { passTime, otherStore, put, see, store } = yield* StoreBench
      const [lost, completed, failed, retried] = [makeTrip(), makeTrip(), makeTrip(), makeTrip()]
      yield* put([{ ...lost, status: "PAID" }])
      const late = yield* claimOnly(lost)
      yield* passTime(LEASE_MS)
      yield* otherStore.claim({ limit: 1, weightMax: WEIGHT_MAX, leaseMs: LEASE_MS })
      yield* put([
        { ...completed, status: "PAID" },
        { ...failed, status: "COMPENSATING" },
        { ...retried, status: "READY" }
      ])
      const claimed = new Map((yield* claim()).map((saga) => [saga.sagaId, saga]))
      const [toComplete, toFail, toRetry] = [completed, failed, retried].map(({ sagaId }) => claimed.get(sagaId))
      if (toComplete === undefined || toFail === undefined || toRetry === undefined) return assert.fail("not claimed")
      const events = [late, toComplete, toFail].map((saga) => [tripEvent(saga, "trip.ended")])
      const results = yield* store.record([
        transition(late, { _tag: "Complete", events: events[0] ?? [], failureIfCancelled: noRooms }, [
          attempt("ticket", 1, "DONE")
        ]),
        transition(toRetry, { _tag: "Retry", attempts: 1, unsent: 0, undone: [], delayMs: 1_000 }, [
          attempt("car", 1, "UNAVAILABLE", "away")
        ]),
        transition(toComplete, { _tag: "Complete", events: events[1] ?? [], failureIfCancelled: noRooms }),
        transition(toFail, { _tag: "Fail", undone: ["refund"], events: events[2] ?? [] })
      ])
      assert.deepStrictEqual(
        results.map((result) => (result._tag === "Applied" ? result.status : "Lost")),
        ["Lost", "READY", "COMPLETED", "FAILED"]
      )
      const seen = yield* Effect.forEach([lost, completed, failed, retried], see)
      assert.deepStrictEqual(
        seen.map(({ eventTypes, status, timeline }) => [status, eventTypes.length, timeline.length]),
        [
          ["PAID", 0, 0],
          ["COMPLETED", 1, 0],
          ["FAILED", 1, 0],
          ["READY", 0, 1]
        ]
      )
    }
  ),

  "keeps every attempt of a saga in the order in which it was made": Effect.gen(function* () {
    const { passTime, put, see, store } = yield* StoreBench
    const trip = makeTrip()
    yield* put([trip])
    const first = yield* claimOnly(trip)
    yield* store.record([
      transition(first, { _tag: "Retry", attempts: 1, unsent: 0, undone: [], delayMs: 1_000 }, [
        attempt("car", 1, "UNAVAILABLE", "away")
      ])
    ])
    yield* passTime(1_000)
    const second = yield* claimOnly(trip)
    yield* store.record([
      transition(second, { _tag: "Compensate", failure: noRooms }, [attempt("car", 2, "CANCELLED")])
    ])
    yield* store.record([
      transition({ ...second, status: "COMPENSATING" }, { _tag: "Fail", undone: [], events: [] }, [
        attempt("refund", 1, "DONE"),
        attempt("leave", 1, "NOT_SENT", "connection refused"),
        attempt("return", 1, "DONE")
      ])
    ])
    assert.deepStrictEqual((yield* see(trip)).timeline, [
      attempt("car", 1, "UNAVAILABLE", "away"),
      attempt("car", 2, "CANCELLED"),
      attempt("refund", 1, "DONE"),
      attempt("leave", 1, "NOT_SENT", "connection refused"),
      attempt("return", 1, "DONE")
    ])
  }),

  "records nothing when it is given nothing": Effect.gen(function* () {
    const { store } = yield* StoreBench
    assert.deepStrictEqual(yield* store.record([]), [])
  })
}

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import {
  COMMAND_LIMIT_MS,
  claimedIds,
  happenedTo,
  LEASE_MS,
  makeTripBench,
  passTimeUntilDone,
  sentFor
} from "../simulation/TripBench.ts"
import { makeTrip, makeTrips } from "../Trips.ts"

/** Every command takes its time, but not more than it may. */
const slow = (takesMs: number) => {
  const bench = makeTripBench()
  for (const participant of [bench.car, bench.hotel, bench.payment, bench.ticket]) {
    participant.fate = (_, answer) => Effect.delay(answer, takesMs)
  }
  return bench
}

describe("the leases of a batch", () => {
  it.effect("hold for all of its sagas as long as it takes, also for those that wait for their turn in it", () =>
    Effect.gen(function* () {
      const bench = slow(1_999)
      const trips = [
        makeTrip(),
        { ...makeTrip(), status: "PAID" },
        { ...makeTrip(), status: "COMPENSATING" },
        { ...makeTrip(), status: "COMPENSATING", undone: ["refund", "leave"] }
      ]
      yield* bench.put(...trips)
      const running = yield* Effect.forkChild(bench.runDue)
      yield* TestClock.adjust(0)
      while (running.pollUnsafe() === undefined) {
        const stolen = yield* bench.memory.claim({ limit: 10, weightMax: 10, leaseMs: LEASE_MS })
        assert.deepStrictEqual(claimedIds(stolen), [])
        yield* TestClock.adjust(100)
      }
      assert.deepStrictEqual(
        trips.map((trip) => bench.see(trip).status),
        ["COMPLETED", "COMPLETED", "FAILED", "FAILED"]
      )
      assert.isAbove(bench.store.countOf("renew"), 0)
    })
  )

  it.effect("hold for a saga that waits while the participants keep silent about its neighbours, step by step", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const compensating = { ...makeTrip(), status: "COMPENSATING" }
      for (const participant of [bench.car, bench.hotel, bench.payment, bench.ticket]) {
        participant.fate = (command, answer) => (command === participant.names.command ? Effect.never : answer)
      }
      const standing = ["READY", "CAR_BOOKED", "HOTEL_BOOKED", "PAID"].map((status) => ({ ...makeTrip(), status }))
      yield* bench.put(...standing, compensating)
      const running = yield* Effect.forkChild(bench.runDue)
      yield* TestClock.adjust(4 * COMMAND_LIMIT_MS - 1)
      assert.isUndefined(running.pollUnsafe())
      yield* TestClock.adjust(1)
      // The lease of 8 s would have run out by now, and the saga would be due for whoever asks.
      assert.deepStrictEqual([bench.see(compensating).status, bench.see(compensating).epoch], ["FAILED", 1])
      assert.isTrue(bench.store.calls.some(({ count, name }) => name === "renew" && count === 4))
    })
  )

  it.effect("are not renewed while they are young", () =>
    Effect.gen(function* () {
      const bench = slow(100)
      yield* bench.put(...makeTrips(5))
      yield* passTimeUntilDone(yield* Effect.forkChild(bench.runDue), 100)
      assert.strictEqual(bench.store.countOf("renew"), 0)
    })
  )

  it.effect("are as old as their claim: after a slow one they are renewed before the first command", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [lost, kept] = [makeTrip(), makeTrip()]
      yield* bench.put(lost, kept)
      const claimed = yield* bench.claim
      yield* TestClock.adjust(LEASE_MS / 2)
      bench.loseTo(lost)
      yield* bench.executor.run(claimed, 0)
      assert.deepStrictEqual(sentFor(bench, lost), [])
      assert.strictEqual(bench.see(kept).status, "COMPLETED")
    })
  )

  it.effect("are given back by sagas that have left it: they come when they are due and not later", () =>
    Effect.gen(function* () {
      const bench = slow(1_999)
      const [waiting, parked, going] = [makeTrip(), { ...makeTrip(), status: "COMPENSATING" }, makeTrip()]
      bench.car.replies = ({ command, sagaId }) =>
        command === "car" && sagaId === waiting.sagaId ? "unavailable" : "done"
      yield* bench.put(waiting, going)
      const running = yield* Effect.forkChild(bench.runDue)
      yield* TestClock.adjust(2_500)
      const { visibleAtMs } = bench.see(waiting)
      assert.isBelow(visibleAtMs ?? 0, 1_999 + 1_101)
      yield* passTimeUntilDone(running, 1_000)
      assert.strictEqual(bench.see(waiting).visibleAtMs, visibleAtMs)
      assert.strictEqual(bench.see(going).status, "COMPLETED")

      bench.payment.replies = () => "rejected"
      yield* bench.put(parked)
      yield* passTimeUntilDone(yield* Effect.forkChild(bench.runDue), 1_000)
      assert.strictEqual(bench.see(parked).visibleAtMs, Number.POSITIVE_INFINITY)
    })
  )

  it.effect("leave a saga out that was lost to another worker, and nobody else", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [lost, kept] = [makeTrip(), makeTrip()]
      bench.car.fate = (_, answer) => Effect.tap(answer, () => Effect.sync(() => bench.loseTo(lost)))
      yield* bench.put(lost, kept)
      yield* bench.runDue
      assert.deepStrictEqual(sentFor(bench, lost), ["car"])
      assert.strictEqual(bench.see(lost).status, "READY")
      assert.deepStrictEqual(happenedTo(bench, kept), ["car", "hotel", "pay", "ticket"])
    })
  )

  it.effect("show at their renewal what was lost, before another command is sent for it", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const lost = { ...makeTrip(), status: "COMPENSATING" }
      const kept = { ...makeTrip(), status: "COMPENSATING" }
      bench.payment.fate = (_, answer) =>
        Effect.tap(Effect.delay(answer, 1_999), () => Effect.sync(() => bench.loseTo(lost)))
      bench.hotel.fate = (_, answer) => Effect.delay(answer, 10)
      yield* bench.put(lost, kept)
      const running = yield* Effect.forkChild(bench.runDue)
      yield* passTimeUntilDone(running, 1)
      yield* Fiber.join(running)
      // Lost after the first undo; the second is sent before the leases are old, the third after they were renewed.
      assert.deepStrictEqual(sentFor(bench, lost), ["leave", "refund"])
      assert.strictEqual(bench.see(lost).status, "COMPENSATING")
      assert.strictEqual(bench.see(kept).status, "FAILED")
    })
  )
})

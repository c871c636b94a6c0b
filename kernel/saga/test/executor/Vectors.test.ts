import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { done, type Outcome } from "../../src/index.ts"
import { makeErrorLog } from "../ErrorLog.ts"
import { COMMAND_LIMIT_MS, happenedTo, makeTripBench } from "../simulation/TripBench.ts"
import { makeTrip, makeTrips } from "../Trips.ts"

describe("a vector of commands", () => {
  it.effect.each([
    ["keeps silent", Effect.never],
    ["keeps silent and does not let itself be interrupted", Effect.uninterruptible(Effect.sleep("1 hour"))]
  ] as const)("leaves all of its sagas to be retried, at its limit, when the participant %s", ([, silence]) =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trips = makeTrips(6)
      const elsewhere = { ...makeTrip(), status: "CAR_BOOKED" }
      bench.car.fate = () => Effect.andThen(silence, Effect.succeed([]))
      yield* bench.put(...trips, elsewhere)
      const running = yield* Effect.forkChild(bench.runDue)
      yield* TestClock.adjust(COMMAND_LIMIT_MS - 1)
      assert.isUndefined(running.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.isDefined(running.pollUnsafe())
      for (const trip of trips) {
        const { attempts, status, visibleAtMs } = bench.see(trip)
        assert.deepStrictEqual([status, attempts], ["READY", 1])
        assert.isAtLeast(visibleAtMs ?? 0, COMMAND_LIMIT_MS + 1_000)
      }
      assert.deepStrictEqual(
        bench.memory.timeline
          .filter(({ step }) => step === "car")
          .map(({ detail, durationMs }) => [detail, durationMs]),
        trips.map(() => ["no answer in 2000 ms", 2_000])
      )
      assert.strictEqual(bench.see(elsewhere).status, "COMPLETED")
    })
  )

  it.effect("is interrupted when its limit is over", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      let interrupted = 0
      bench.car.fate = () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => (interrupted += 1)))
      yield* bench.put(makeTrip())
      const running = yield* Effect.forkChild(bench.runDue)
      yield* TestClock.adjust(COMMAND_LIMIT_MS)
      yield* Fiber.join(running)
      assert.strictEqual(interrupted, 1)
    })
  )

  it.effect.each([
    ["dies", () => Effect.die("a bug in the participant")],
    ["dies while it is asked", () => assert.fail("a bug in what asks it")],
    ["is interrupted from within", () => Effect.interrupt]
  ] as const)("is unavailable, and no crash, when the participant %s", ([, fate]) =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trips = makeTrips(3)
      bench.hotel.fate = (command, answer) => (command === "hotel" ? fate() : answer)
      yield* bench.put(...trips)
      yield* bench.runDue
      for (const trip of trips) {
        const { attempts, status } = bench.see(trip)
        assert.deepStrictEqual([status, attempts], ["CAR_BOOKED", 1])
      }
      bench.hotel.fate = (_, answer) => answer
      yield* bench.runToRest
      assert.isTrue(trips.every((trip) => bench.see(trip).status === "COMPLETED"))
    })
  )

  it.effect.each([
    ["too few", (outcomes: ReadonlyArray<Outcome>) => outcomes.filter((_, index) => index !== 1)],
    ["none", () => []],
    ["too many", (outcomes: ReadonlyArray<Outcome>) => [done, ...outcomes]]
  ] as const)("moves nobody on outcomes that may be another's: %s", ([, miscounted]) =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trips = makeTrips(5)
      const refused = trips[1]?.sagaId
      const log = makeErrorLog()
      bench.hotel.replies = ({ command, sagaId }) => (command === "hotel" && sagaId === refused ? "rejected" : "done")
      bench.hotel.fate = (command, answer) => (command === "hotel" ? Effect.map(answer, miscounted) : answer)
      yield* bench.put(...trips)
      yield* Effect.provide(bench.runDue, log.layer)
      for (const trip of trips) {
        assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).attempts], ["CAR_BOOKED", 1])
      }
      assert.strictEqual(log.errors.length, 1)
      bench.hotel.fate = (_, answer) => answer
      yield* bench.runToRest
      assert.deepStrictEqual(
        trips.map((trip) => bench.see(trip).status),
        ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED", "COMPLETED"]
      )
    })
  )

  it.effect(
    "takes its neighbours along for a few attempts at most when one saga kills every vector that it is in",
    () =>
      Effect.gen(function* () {
        const bench = makeTripBench()
        const poison = makeTrip()
        const others = makeTrips(100)
        bench.hotel.fate = (command, answer, items) =>
          command === "hotel" && items.some(({ sagaId }) => sagaId === poison.sagaId) ? Effect.die("poisoned") : answer
        yield* bench.put(poison, ...others)
        yield* bench.runToRest
        assert.deepStrictEqual(
          others.filter((trip) => bench.see(trip).status !== "COMPLETED"),
          []
        )
        for (const trip of others) assert.deepStrictEqual(happenedTo(bench, trip), ["car", "hotel", "pay", "ticket"])
        assert.strictEqual(bench.see(poison).status, "FAILED")
      })
  )
})

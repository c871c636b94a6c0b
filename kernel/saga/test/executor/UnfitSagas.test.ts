import { assert, describe, it } from "@effect/vitest"
import { DatabaseUnavailable } from "@valerix/database"
import { Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { makeErrorLog } from "../ErrorLog.ts"
import { LEASE_MS, makeTripBench, sentFor, type TripBenchOptions, type TripData } from "../simulation/TripBench.ts"
import { makeTrip, makeTrips, noRooms } from "../Trips.ts"

const ada: TripData = { traveller: "Ada" }

describe("a saga that cannot go on", () => {
  it.effect("because its data are missing is parked, visible and with an alert; its neighbours go on", () =>
    Effect.gen(function* () {
      const [missing, sound] = [makeTrip(), makeTrip()]
      const load: TripBenchOptions["load"] = (sagas) =>
        Effect.succeed(sagas.map(({ sagaId }) => (sagaId === missing.sagaId ? undefined : ada)))
      const bench = makeTripBench({ load })
      const log = makeErrorLog()
      yield* bench.put({ ...missing, status: "COMPENSATING", undone: ["refund"], failure: noRooms }, sound)
      yield* Effect.provide(bench.runDue, log.layer)
      const { failure, parkReason, status, undone, visibleAtMs } = bench.see(missing)
      assert.deepStrictEqual(
        [status, undone, failure, parkReason, visibleAtMs],
        ["COMPENSATING", ["refund"], noRooms, "its data are missing", Number.POSITIVE_INFINITY]
      )
      assert.strictEqual(log.errors.length, 1)
      assert.include(log.errors[0], missing.sagaId)
      assert.strictEqual(bench.see(sound).status, "COMPLETED")
    })
  )

  it.effect("because its data cannot be read waits, with an alert, until they can; its neighbours go on", () =>
    Effect.gen(function* () {
      const unreadable = makeTrip()
      const others = makeTrips(8)
      let isReadable = false
      const bench = makeTripBench({
        load: (sagas) =>
          !isReadable && sagas.some(({ sagaId }) => sagaId === unreadable.sagaId)
            ? Effect.die("a row that does not decode")
            : Effect.succeed(sagas.map(() => ada))
      })
      const log = makeErrorLog()
      yield* bench.put(...others.slice(0, 3), unreadable, ...others.slice(3))
      yield* Effect.provide(bench.runDue, log.layer)
      const { attempts, status, unsent, visibleAtMs } = bench.see(unreadable)
      assert.deepStrictEqual([status, attempts, unsent], ["READY", 0, 0])
      assert.isAtLeast(visibleAtMs ?? 0, 64_000)
      assert.isAtMost(visibleAtMs ?? 0, 64_000 * 1.1)
      assert.strictEqual(log.errors.length, 1)
      assert.isTrue(others.every((trip) => bench.see(trip).status === "COMPLETED"))
      isReadable = true
      yield* bench.runToRest
      assert.strictEqual(bench.see(unreadable).status, "COMPLETED")
    })
  )

  it.effect("is not given another's data when there are too few", () =>
    Effect.gen(function* () {
      const lost = makeTrip()
      const others = makeTrips(3)
      const seen: Array<string> = []
      const bench = makeTripBench({
        load: (sagas) =>
          Effect.succeed(
            sagas.filter(({ sagaId }) => sagaId !== lost.sagaId).map(({ sagaId }) => ({ traveller: sagaId }))
          )
      })
      bench.car.fate = (_, answer, items) => {
        for (const { data, sagaId } of items) seen.push(sagaId === data.traveller ? "own" : "another's")
        return answer
      }
      yield* bench.put(lost, ...others)
      yield* bench.runDue
      assert.deepStrictEqual(seen, ["own", "own", "own"])
      assert.deepStrictEqual([bench.see(lost).status, sentFor(bench, lost)], ["READY", []])
      assert.isTrue(others.every((trip) => bench.see(trip).status === "COMPLETED"))
    })
  )

  it.effect.each(["COMPLETED", "FAILED"] as const)(
    "because nobody can tell of its end is parked before it is %s, with an alert; its neighbours end",
    (end) =>
      Effect.gen(function* () {
        const [mute, other] = [makeTrip(), makeTrip()]
        const bench = makeTripBench({
          eventsOnEnd: ({ sagaId }) => (sagaId === mute.sagaId ? assert.fail("no amount") : [])
        })
        const log = makeErrorLog()
        bench.ticket.replies = () => (end === "FAILED" ? "rejected" : "done")
        yield* bench.put(mute, other)
        yield* Effect.provide(bench.runDue, log.layer)
        const { parkReason, status, undone } = bench.see(mute)
        assert.deepStrictEqual(
          [status, undone],
          end === "FAILED" ? ["COMPENSATING", ["refund", "leave", "return"]] : ["PAID", []]
        )
        assert.include(parkReason, "no amount")
        assert.strictEqual(log.errors.length, 1)
        assert.strictEqual(bench.see(other).status, end)
      })
  )

  it.effect("because the database is away is left to its lease, with all others of its batch", () =>
    Effect.gen(function* () {
      const trips = makeTrips(4)
      let loads = 0
      const bench = makeTripBench({
        load: () =>
          Effect.suspend(() => {
            loads += 1
            return Effect.die(new DatabaseUnavailable({ reason: "ConnectionError", cause: undefined }))
          })
      })
      yield* bench.put(...trips)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(bench.runDue)))
      assert.strictEqual(loads, 1)
      assert.isTrue(
        trips.every((trip) => bench.see(trip).visibleAtMs === LEASE_MS && bench.see(trip).status === "READY")
      )
    })
  )

  it.effect("because nobody knows its status is parked instead of being claimed for ever", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [strange, sound] = [makeTrip(), makeTrip()]
      yield* bench.put({ ...strange, status: "ON_THE_MOON" }, sound)
      yield* bench.runDue
      assert.strictEqual(bench.see(strange).parkReason, "its status ON_THE_MOON is unknown")
      assert.strictEqual(bench.see(strange).visibleAtMs, Number.POSITIVE_INFINITY)
      assert.strictEqual(bench.see(sound).status, "COMPLETED")
    })
  )

  it.effect("because it is of another version is given back untouched to those who know it", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [newer, sound] = [makeTrip(), makeTrip()]
      yield* bench.put({ ...newer, version: 2, attempts: 1, unsent: 3 }, sound)
      yield* bench.runDue
      const { attempts, status, unsent, visibleAtMs } = bench.see(newer)
      assert.deepStrictEqual([status, attempts, unsent], ["READY", 1, 3])
      assert.isAtMost(visibleAtMs ?? 0, 64_000 * 1.1)
      assert.deepStrictEqual(sentFor(bench, newer), [])
      assert.strictEqual(bench.see(sound).status, "COMPLETED")
    })
  )

  it.effect("back is reported from the fifth attempt on, and tried again for ever", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      bench.ticket.replies = ({ attempt }) => (attempt % 2 === 0 ? "not sent" : "unanswered")
      yield* bench.put(trip)
      const reportsPerAttempt: Array<number> = []
      for (let attempt = 1; attempt <= 8; attempt += 1) {
        const log = makeErrorLog()
        yield* Effect.provide(bench.runDue, log.layer)
        reportsPerAttempt.push(log.errors.length)
        yield* passToNextDue(bench)
      }
      assert.deepStrictEqual(reportsPerAttempt, [0, 0, 0, 0, 1, 1, 1, 1])
      assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).parkReason], ["PAID", undefined])
      assert.strictEqual(sentFor(bench, trip).filter((command) => command === "ticket").length, 8)
    })
  )

  it.effect("at once before its pivot is not reported: it can be turned back", () =>
    Effect.gen(function* () {
      const bench = makeTripBench({ retry: { alertAfterAttempts: 1 } })
      const log = makeErrorLog()
      bench.payment.replies = ({ command }) => (command === "pay" ? "unavailable" : "done")
      yield* bench.put(makeTrip())
      yield* Effect.provide(bench.runToRest, log.layer)
      assert.deepStrictEqual(log.errors, [])
    })
  )
})

const passToNextDue = Effect.fnUntraced(function* (bench: ReturnType<typeof makeTripBench>) {
  const dueMs = yield* bench.memory.nextDueMs
  if (dueMs !== undefined) yield* TestClock.adjust(dueMs)
})

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { eventTypesOf, happenedTo, makeTripBench, passTimeUntilDone, sentFor } from "../simulation/TripBench.ts"
import { makeOrganizations, makeTrip, makeTrips } from "../Trips.ts"

describe("a batch of sagas", () => {
  it.effect("goes through every step with one command to its participant and one write", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trips = makeOrganizations(4).flatMap((organization) => makeTrips(8, organization))
      yield* bench.put(...trips)
      yield* bench.runDue
      for (const { vectors } of [bench.car, bench.hotel, bench.payment, bench.ticket]) {
        assert.strictEqual(vectors.length, 1)
        assert.sameMembers(
          [...(vectors[0]?.sagaIds ?? [])],
          trips.map(({ sagaId }) => sagaId)
        )
      }
      assert.deepStrictEqual(
        bench.store.calls.filter(({ name }) => name !== "claim"),
        Array.from({ length: 4 }, () => ({ name: "record", count: 32 }))
      )
      for (const trip of trips) {
        assert.strictEqual(bench.see(trip).status, "COMPLETED")
        assert.deepStrictEqual(happenedTo(bench, trip), ["car", "hotel", "pay", "ticket"])
        assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.completed"])
      }
    })
  )

  it.effect("is turned back with one command per undo and one write", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trips = makeTrips(10)
      bench.hotel.replies = ({ command }) => (command === "hotel" ? "rejected" : "done")
      yield* bench.put(...trips)
      yield* bench.runDue
      assert.deepStrictEqual(
        [bench.car, bench.hotel, bench.payment, bench.ticket].map(({ vectors }) =>
          vectors.map(({ command, sagaIds }) => [command, sagaIds.length])
        ),
        [
          [
            ["car", 10],
            ["return", 10]
          ],
          [
            ["hotel", 10],
            ["leave", 10]
          ],
          [["refund", 10]],
          []
        ]
      )
      assert.strictEqual(bench.store.countOf("record"), 3)
      assert.isTrue(trips.every((trip) => bench.see(trip).status === "FAILED"))
    })
  )

  it.effect("lets each saga have its own outcome at every step, and goes on with the others", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const participants = { car: bench.car, hotel: bench.hotel, pay: bench.payment, ticket: bench.ticket }
      const fates = (["car", "hotel", "pay", "ticket"] as const).flatMap((step) =>
        (["rejected", "unavailable", "unanswered", "not sent"] as const).map((reply) => ({
          step,
          reply,
          trip: makeTrip()
        }))
      )
      const lucky = makeTrips(5)
      for (const [step, participant] of Object.entries(participants)) {
        const here = new Map(fates.filter((fate) => fate.step === step).map((fate) => [fate.trip.sagaId, fate.reply]))
        participant.replies = ({ command, sagaId }) => (command === step ? (here.get(sagaId) ?? "done") : "done")
      }
      yield* bench.put(...lucky, ...fates.map(({ trip }) => trip))
      yield* bench.runDue

      const before = { car: "READY", hotel: "CAR_BOOKED", pay: "HOTEL_BOOKED", ticket: "PAID" }
      for (const trip of lucky) assert.strictEqual(bench.see(trip).status, "COMPLETED")
      for (const { reply, step, trip } of fates) {
        const { attempts, status, unsent, visibleAtMs } = bench.see(trip)
        const about = `${step} ${reply}`
        if (reply === "rejected") {
          assert.strictEqual(status, "FAILED", about)
          assert.strictEqual(bench.see(trip).failure?.step, step)
          assert.strictEqual(bench.see(trip).failure?.code, `no_${step}`)
        } else {
          assert.strictEqual(status, before[step], about)
          assert.deepStrictEqual([attempts, unsent], reply === "not sent" && step !== "ticket" ? [0, 1] : [1, 0], about)
          assert.isAtLeast(visibleAtMs ?? 0, 1_000, about)
          assert.isAtMost(visibleAtMs ?? 0, 1_100, about)
        }
      }

      // All that was transient has passed: whatever can still complete does, and nothing is done twice.
      for (const participant of Object.values(participants)) participant.replies = () => "done"
      yield* bench.runToRest
      for (const { reply, trip } of fates) {
        if (reply === "rejected") continue
        assert.strictEqual(bench.see(trip).status, "COMPLETED")
        assert.deepStrictEqual(happenedTo(bench, trip), ["car", "hotel", "pay", "ticket"])
      }
    })
  )

  it.effect("takes up sagas wherever they stand, in the same commands as the others", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const standing = ["READY", "CAR_BOOKED", "HOTEL_BOOKED", "PAID", "COMPENSATING"].map((status) => ({
        ...makeTrip(),
        status
      }))
      yield* bench.put(...standing)
      yield* bench.runDue
      assert.deepStrictEqual(
        [bench.car, bench.hotel, bench.payment, bench.ticket].map(({ vectors }) =>
          vectors.map(({ command, sagaIds }) => `${command} ${sagaIds.length}`)
        ),
        [["car 1", "return 1"], ["hotel 2", "leave 1"], ["pay 3", "refund 1"], ["ticket 4"]]
      )
      assert.deepStrictEqual(
        standing.map((trip) => bench.see(trip).status),
        ["COMPLETED", "COMPLETED", "COMPLETED", "COMPLETED", "FAILED"]
      )
    })
  )

  it.effect("keeps every attempt of every step in the timeline, with its outcome and what was said", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      bench.car.replies = ({ attempt, command }) => (command === "car" && attempt === 1 ? "not sent" : "done")
      bench.hotel.replies = ({ attempt, command }) =>
        command !== "hotel" ? "done" : attempt === 1 ? "unavailable" : "rejected"
      bench.payment.replies = ({ attempt }) => (attempt === 1 ? "unavailable" : "done")
      yield* bench.put(trip)
      yield* bench.runToRest
      assert.deepStrictEqual(
        bench.memory.timeline.map(({ detail, number, outcome, step }) => [step, number, outcome, detail]),
        [
          ["car", 1, "NOT_SENT", "connection refused"],
          ["car", 1, "DONE", undefined],
          ["hotel", 1, "UNAVAILABLE", "overloaded"],
          ["hotel", 2, "REJECTED", "no_hotel: There is no hotel left."],
          ["refund", 1, "UNAVAILABLE", "overloaded"],
          ["leave", 1, "DONE", undefined],
          ["return", 1, "DONE", undefined],
          ["refund", 2, "DONE", undefined]
        ]
      )
      assert.strictEqual(bench.see(trip).status, "FAILED")
      assert.deepStrictEqual(happenedTo(bench, trip), ["car", "return"])
    })
  )

  it.effect("gives a saga up that gets no answer in five attempts, after 1, 4, 16 and 64 seconds", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [stuck, lucky] = [makeTrip(), makeTrip()]
      bench.hotel.replies = ({ command, sagaId }) =>
        command === "hotel" && sagaId === stuck.sagaId ? "unanswered" : "done"
      yield* bench.put(stuck, lucky)
      yield* bench.runToRest
      assert.strictEqual(bench.see(lucky).status, "COMPLETED")
      assert.strictEqual(bench.see(stuck).status, "FAILED")
      assert.strictEqual(bench.see(stuck).failure?.code, "retries_exhausted")
      assert.strictEqual(sentFor(bench, stuck).filter((command) => command === "hotel").length, 5)
      assert.deepStrictEqual(happenedTo(bench, stuck), ["car", "hotel", "leave", "return"])
      const nowMs = yield* Clock.currentTimeMillis
      assert.isAtLeast(nowMs, 85_000)
      assert.isAtMost(nowMs, 85_000 * 1.1)
    })
  )

  it.effect("does not hold the time of attempts that were sent against a saga that is not reached afterwards", () =>
    Effect.gen(function* () {
      const bench = makeTripBench({ retry: { delaysMs: [60_000, 1_800_000, 1_800_000, 1_800_000] } })
      const trip = makeTrip()
      bench.hotel.replies = ({ attempt, command }) =>
        command !== "hotel" ? "done" : attempt <= 2 ? "unavailable" : attempt === 3 ? "not sent" : "done"
      yield* bench.put(trip)
      yield* bench.runToRest
      assert.deepStrictEqual(
        bench.memory.timeline.filter(({ step }) => step === "hotel").map(({ outcome }) => outcome),
        ["UNAVAILABLE", "UNAVAILABLE", "NOT_SENT", "DONE"]
      )
      assert.strictEqual(bench.see(trip).status, "COMPLETED")
    })
  )

  it.effect("gives a saga up that is not reached for 15 minutes, and not before", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [given, saved] = [makeTrip(), makeTrip()]
      bench.hotel.replies = ({ attempt, command, sagaId }) =>
        command === "hotel" && (sagaId === given.sagaId || attempt <= 15) ? "not sent" : "done"
      yield* bench.put(given, saved)
      yield* bench.runToRest
      assert.strictEqual(bench.see(saved).status, "COMPLETED")
      assert.deepStrictEqual(
        [bench.see(given).status, bench.see(given).failure?.code],
        ["FAILED", "participant_unreachable"]
      )
      const nowMs = yield* Clock.currentTimeMillis
      assert.isAtLeast(nowMs, 15 * 60_000 - 64_000 * 1.1)
      assert.isAtMost(nowMs, 15 * 60_000)
    })
  )

  it.effect("does not let a saga wait beyond its time when its neighbours have used that up", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [first, short] = [makeTrip(), { ...makeTrip(), status: "CAR_BOOKED", expiresInMs: 2_500 }]
      bench.car.fate = (_, answer) => Effect.delay(answer, 1_500)
      bench.hotel.replies = ({ command, sagaId }) =>
        command === "hotel" && sagaId === short.sagaId ? "not sent" : "done"
      yield* bench.put(first, short)
      yield* passTimeUntilDone(yield* Effect.forkChild(bench.runDue), 100)
      // A second later would have been in time when it was claimed, and is not any more.
      assert.strictEqual(bench.see(short).failure?.code, "participant_unreachable")
      assert.strictEqual(bench.see(first).status, "COMPLETED")
    })
  )

  it.effect("does nothing when it is empty", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      yield* bench.executor.run([])
      assert.deepStrictEqual(bench.store.calls, [])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeErrorLog } from "../ErrorLog.ts"
import { eventTypesOf, happenedTo, makeTripBench, sentFor } from "../simulation/TripBench.ts"
import { makeTrip, makeTrips, noRooms } from "../Trips.ts"

describe("compensation", () => {
  it.effect.each([
    { step: "car", undone: [] },
    { step: "hotel", undone: ["return"] },
    { step: "pay", undone: ["leave", "return"] },
    { step: "ticket", undone: ["refund", "leave", "return"] }
  ])("takes back in reverse order what was done before $step was rejected", ({ step, undone }) =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      for (const participant of [bench.car, bench.hotel, bench.payment, bench.ticket]) {
        participant.replies = ({ command }) => (command === step ? "rejected" : "done")
      }
      yield* bench.put(trip)
      yield* bench.runDue
      assert.deepStrictEqual(
        happenedTo(bench, trip).filter((command) => !sentForward.has(command)),
        undone
      )
      // Every undo is sent, also of what was not done: it closes the door to a command that is still under way.
      assert.includeMembers([...sentFor(bench, trip)], ["refund", "leave", "return"])
      assert.strictEqual(bench.see(trip).status, "FAILED")
      assert.deepStrictEqual(bench.see(trip).failure, {
        step,
        code: `no_${step}`,
        message: `There is no ${step} left.`
      })
      assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
    })
  )

  it.effect("retries each undo on its own until it is done, and repeats none that is", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      bench.hotel.replies = ({ attempt, command }) => (command === "leave" && attempt <= 3 ? "unavailable" : "done")
      bench.car.replies = ({ attempt, command }) => (command === "return" && attempt <= 1 ? "not sent" : "done")
      bench.ticket.replies = () => "rejected"
      yield* bench.put(trip)
      yield* bench.runDue
      assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).undone], ["COMPENSATING", ["refund"]])
      yield* bench.runToRest
      const sent = sentFor(bench, trip)
      const countOf = (undo: string) => sent.filter((command) => command === undo).length
      assert.deepStrictEqual([countOf("refund"), countOf("leave"), countOf("return")], [1, 4, 2])
      assert.strictEqual(bench.see(trip).status, "FAILED")
      assert.deepStrictEqual(bench.see(trip).undone, ["refund", "return", "leave"])
      assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
    })
  )

  it.effect("of one saga does not wait for, or hold up, that of another", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const stuck = { ...makeTrip(), status: "COMPENSATING" }
      const quick = { ...makeTrip(), status: "COMPENSATING" }
      bench.payment.replies = ({ sagaId }) => (sagaId === stuck.sagaId ? "unavailable" : "done")
      yield* bench.put(stuck, quick)
      yield* bench.runDue
      assert.strictEqual(bench.see(quick).status, "FAILED")
      assert.deepStrictEqual(
        [bench.see(stuck).status, bench.see(stuck).attempts, bench.see(stuck).undone],
        ["COMPENSATING", 1, ["leave", "return"]]
      )
    })
  )

  it.effect("goes on where it stood, with the first failure, and does what was done before once only", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      yield* bench.put({ ...trip, status: "COMPENSATING", undone: ["refund", "leave"], failure: noRooms, attempts: 2 })
      yield* bench.runDue
      assert.deepStrictEqual(sentFor(bench, trip), ["return"])
      assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).failure], ["FAILED", noRooms])
    })
  )

  it.effect("only has to be told when all its undos were recorded before a crash", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      yield* bench.put({ ...trip, status: "COMPENSATING", undone: ["refund", "leave", "return"], failure: noRooms })
      yield* bench.runDue
      assert.deepStrictEqual(sentFor(bench, trip), [])
      assert.strictEqual(bench.see(trip).status, "FAILED")
      assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
    })
  )

  it.effect(
    "parks a saga that a participant will not undo, after undoing all else, and leaves its neighbours alone",
    () =>
      Effect.gen(function* () {
        const bench = makeTripBench()
        const parked = { ...makeTrip(), status: "COMPENSATING" }
        const others = makeTrips(2).map((trip) => ({ ...trip, status: "COMPENSATING" }))
        bench.payment.replies = ({ sagaId }) => (sagaId === parked.sagaId ? "rejected" : "done")
        yield* bench.put(...others, parked)
        yield* bench.runToRest
        assert.deepStrictEqual(
          [bench.see(parked).status, bench.see(parked).undone, bench.see(parked).parkReason],
          ["COMPENSATING", ["leave", "return"], "refund: not_undoable: Nobody knows how."]
        )
        assert.strictEqual(bench.see(parked).visibleAtMs, Number.POSITIVE_INFINITY)
        assert.deepStrictEqual(eventTypesOf(bench, parked), [])
        assert.isTrue(others.every((trip) => bench.see(trip).status === "FAILED"))
      })
  )

  it.effect("is tried again for ever, with an alert from the fifth pass on, while an undo gets no answer", () =>
    Effect.gen(function* () {
      const bench = makeTripBench({ retry: { delaysMs: [1, 1, 1, 1] } })
      const log = makeErrorLog()
      const trip = makeTrip()
      bench.payment.replies = ({ attempt }) =>
        attempt > 1_500 ? "done" : attempt % 2 === 0 ? "unavailable" : "not sent"
      yield* bench.put({ ...trip, status: "COMPENSATING" })
      yield* Effect.provide(bench.runToRest, log.layer)
      assert.strictEqual(sentFor(bench, trip).filter((command) => command === "refund").length, 1_501)
      assert.strictEqual(bench.see(trip).status, "FAILED")
      assert.strictEqual(log.errors.length, 1_500 - 4)
    })
  )
})

const sentForward = new Set(["car", "hotel", "pay", "ticket"])

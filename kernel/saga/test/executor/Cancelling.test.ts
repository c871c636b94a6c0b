import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { eventTypesOf, happenedTo, makeTripBench, sentFor } from "../simulation/TripBench.ts"
import { makeTrip, makeTrips } from "../Trips.ts"

const cancelledBefore = (step: string) => ({
  step,
  code: "cancelled_on_request",
  message: "Cancelling was asked for."
})

describe("cancelling on request", () => {
  it.effect.each([
    { status: "READY", step: "car" },
    { status: "CAR_BOOKED", step: "hotel" },
    { status: "HOTEL_BOOKED", step: "pay" }
  ] as const)("turns a saga back before $step", ({ status, step }) =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [trip, neighbour] = [makeTrip(), makeTrip()]
      yield* bench.put({ ...trip, status, cancelRequested: true }, { ...neighbour, status })
      yield* bench.runDue
      assert.sameMembers([...sentFor(bench, trip)], ["refund", "leave", "return"])
      assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).failure], ["FAILED", cancelledBefore(step)])
      assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
      assert.strictEqual(bench.see(neighbour).status, "COMPLETED")
    })
  )

  it.effect.each([
    { during: "car", next: "hotel", undone: ["return"] },
    { during: "hotel", next: "pay", undone: ["leave", "return"] }
  ])("that is asked for during $during turns the saga back before $next", ({ during, next, undone }) =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [trip, neighbour] = [makeTrip(), makeTrip()]
      for (const participant of [bench.car, bench.hotel]) {
        participant.fate = (command, answer) =>
          command === during ? Effect.tap(answer, () => Effect.sync(() => bench.askToCancel(trip))) : answer
      }
      yield* bench.put(trip, neighbour)
      yield* bench.runDue
      assert.notInclude(sentFor(bench, trip), next)
      assert.deepStrictEqual(happenedTo(bench, trip).slice(-undone.length), undone)
      assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).failure], ["FAILED", cancelledBefore(next)])
      assert.strictEqual(bench.see(neighbour).status, "COMPLETED")
    })
  )

  it.effect.each(["pay", "ticket"])(
    "that is asked for during %s, when the saga can no longer stop, turns it back once it is completed",
    (during) =>
      Effect.gen(function* () {
        const bench = makeTripBench()
        const trip = makeTrip()
        const others = makeTrips(2)
        for (const participant of [bench.payment, bench.ticket]) {
          participant.fate = (command, answer) =>
            command === during ? Effect.tap(answer, () => Effect.sync(() => bench.askToCancel(trip))) : answer
        }
        yield* bench.put(trip, ...others)
        yield* bench.runDue
        assert.deepStrictEqual(happenedTo(bench, trip), ["car", "hotel", "pay", "ticket", "refund", "leave", "return"])
        assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).failure], ["FAILED", cancelledBefore("ticket")])
        assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
        for (const other of others) assert.deepStrictEqual(eventTypesOf(bench, other), ["trip.completed"])
      })
  )

  it.effect("keeps the failure of a saga that turned back before it was asked for", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      bench.hotel.replies = ({ command }) => (command === "hotel" ? "rejected" : "done")
      bench.hotel.fate = (command, answer) =>
        command === "hotel" ? Effect.tap(answer, () => Effect.sync(() => bench.askToCancel(trip))) : answer
      yield* bench.put(trip)
      yield* bench.runDue
      assert.strictEqual(bench.see(trip).failure?.code, "no_hotel")
      assert.deepStrictEqual(happenedTo(bench, trip), ["car", "return"])
    })
  )

  it.effect("is looked at again when a step is retried", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      bench.hotel.replies = ({ command }) => (command === "hotel" ? "unavailable" : "done")
      yield* bench.put(trip)
      yield* bench.runDue
      bench.askToCancel(trip)
      yield* bench.runToRest
      assert.strictEqual(sentFor(bench, trip).filter((command) => command === "hotel").length, 1)
      assert.deepStrictEqual([bench.see(trip).status, bench.see(trip).failure], ["FAILED", cancelledBefore("hotel")])
    })
  )
})

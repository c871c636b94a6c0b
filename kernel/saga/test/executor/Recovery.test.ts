import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { eventTypesOf, happenedTo, LEASE_MS, makeTripBench } from "../simulation/TripBench.ts"
import { makeTrip, makeTrips } from "../Trips.ts"

describe("a worker that dies", () => {
  it.effect.each(["the call", "the answer"] as const)(
    "leaves its sagas to the next, which goes on where they stood and does nothing twice, if at any write it loses %s",
    (what) =>
      Effect.gen(function* () {
        for (let write = 1; write <= 4; write += 1) {
          const bench = makeTripBench()
          const trips = makeTrips(3)
          bench.store.loses = ({ name }, number) => (name === "record" && number === write ? what : "nothing")
          yield* bench.put(...trips)
          assert.isTrue(Exit.isFailure(yield* Effect.exit(bench.runDue)), `write ${write} was not lost`)
          yield* bench.runToRest
          for (const trip of trips) {
            assert.strictEqual(bench.see(trip).status, "COMPLETED")
            assert.deepStrictEqual(happenedTo(bench, trip), ["car", "hotel", "pay", "ticket"])
            assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.completed"])
          }
          assert.isAtMost(bench.store.countOf("claim"), 3)
        }
      })
  )

  it.effect.each(["the call", "the answer"] as const)(
    "leaves a compensation to the next, which finishes it and undoes nothing twice, if at any write it loses %s",
    (what) =>
      Effect.gen(function* () {
        for (let write = 1; write <= 6; write += 1) {
          const bench = makeTripBench()
          const trips = makeTrips(3)
          bench.ticket.replies = () => "rejected"
          bench.hotel.replies = ({ attempt, command }) => (command === "leave" && attempt === 1 ? "unanswered" : "done")
          bench.store.loses = ({ name }, number) => (name === "record" && number === write ? what : "nothing")
          yield* bench.put(...trips)
          yield* bench.runToRest
          assert.isAtLeast(bench.store.countOf("record"), write)
          for (const trip of trips) {
            assert.strictEqual(bench.see(trip).status, "FAILED")
            assert.strictEqual(bench.see(trip).failure?.code, "no_ticket")
            assert.deepStrictEqual(happenedTo(bench, trip), ["car", "hotel", "pay", "refund", "leave", "return"])
            assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
          }
        }
      })
  )

  it.effect("makes nobody wait longer than its leases last", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      bench.store.loses = ({ name }, number) => (name === "record" && number === 2 ? "the call" : "nothing")
      yield* bench.put(trip)
      yield* Effect.exit(bench.runDue)
      yield* TestClock.adjust(LEASE_MS - 1)
      assert.strictEqual(yield* bench.runDue, 0)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* bench.runDue, 1)
      assert.strictEqual(bench.see(trip).status, "COMPLETED")
    })
  )

  it.effect("changes nothing any more when it turns out to be alive", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const trip = makeTrip()
      yield* bench.put(trip)
      const claimed = yield* bench.claim
      yield* TestClock.adjust(LEASE_MS)
      bench.hotel.replies = ({ command }) => (command === "hotel" ? "rejected" : "done")
      yield* bench.runDue
      const after = { saga: bench.see(trip), timeline: bench.memory.timeline.length, happened: bench.history.length }
      assert.strictEqual(after.saga.status, "FAILED")
      yield* bench.executor.run(claimed)
      assert.deepStrictEqual(
        { saga: bench.see(trip), timeline: bench.memory.timeline.length, happened: bench.history.length },
        after
      )
      assert.deepStrictEqual(eventTypesOf(bench, trip), ["trip.failed"])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { agree, OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Fiber, Latch, Layer } from "effect"
import { type Fenced, layerParticipantPostgres } from "../src/index.ts"
import { untilSomebodyWaits } from "./Locks.ts"
import { admit, at, sagaFencesContract, through, undo } from "./SagaFencesContract.ts"
import { layerFencesMemory } from "./SagaFencesInMemory.ts"
import { fenceStories, tellFences } from "./SagaFencesStory.ts"
import { makeTrip, makeTrips } from "./Trips.ts"

const Database = layerParticipantPostgres().pipe(
  Layer.provideMerge(testDatabase("saga_test", new URL("./migrations/", import.meta.url)))
)

/** Begins a transaction that asks the fence and stays open until it is told to end. */
const begin = Effect.fnUntraced(function* (ask: "admit" | "undo", command: Fenced) {
  const [asked, end] = [yield* Latch.make(false), yield* Latch.make(false)]
  const fiber = yield* Effect.forkChild(through(ask, [command], Effect.andThen(asked.open, end.await)))
  yield* asked.await
  return { commit: Effect.andThen(end.open, Fiber.join(fiber)), rollBack: Fiber.interrupt(fiber) }
})

layer(Database, { excludeTestServices: true })("the fences of a participant in PostgreSQL", (it) => {
  for (const [promise, test] of sagaFencesContract) it.effect(promise, () => test)

  it.effect("answer as those in memory do, whatever is asked", () =>
    agree(fenceStories, tellFences, (story) => Effect.provide(tellFences(story), Layer.fresh(layerFencesMemory)), {
      numRuns: 100
    })
  )

  it.effect("remembers the newest epoch, also of an undo", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const trip = makeTrip()
      yield* admit(at(trip, 1))
      yield* undo(at(trip, 7))
      yield* admit(at(trip, 9))
      assert.deepStrictEqual(
        yield* sql`SELECT generation, epoch, undone FROM saga_fences WHERE saga_id = ${trip.sagaId}::uuid`,
        [{ generation: 0, epoch: 7, undone: true }]
      )
    })
  )

  it.effect("answers a vector of a thousand", () =>
    Effect.gen(function* () {
      const trips = makeTrips(1_000)
      yield* undo(...trips.filter((_, index) => index % 10 === 3).map((trip) => at(trip, 1)))
      assert.deepStrictEqual(
        yield* admit(...trips.map((trip) => at(trip, 1))),
        trips.map((_, index) => index % 10 !== 3)
      )
    })
  )

  it.effect("lets an undo wait for the command that is under way, and take it back", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      const forward = yield* begin("admit", at(trip, 1))
      const back = yield* Effect.forkChild(undo(at(trip, 1)))
      yield* untilSomebodyWaits
      assert.isUndefined(back.pollUnsafe())
      assert.deepStrictEqual(yield* forward.commit, [true])
      assert.deepStrictEqual(yield* Fiber.join(back), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [false])
    })
  )

  it.effect("lets a command wait for the undo that is under way, and refuses it then", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      const back = yield* begin("undo", at(trip, 1))
      const forward = yield* Effect.forkChild(admit(at(trip, 1)))
      yield* untilSomebodyWaits
      assert.isUndefined(forward.pollUnsafe())
      assert.deepStrictEqual(yield* back.commit, [true])
      assert.deepStrictEqual(yield* Fiber.join(forward), [false])
    })
  )

  it.effect("lets both wait for each other also when the saga was seen before", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 1))
      const forward = yield* begin("admit", at(trip, 2))
      const back = yield* Effect.forkChild(undo(at(trip, 1)))
      yield* untilSomebodyWaits
      yield* forward.commit
      // The command that it waited for was a newer worker's.
      assert.deepStrictEqual(yield* Fiber.join(back), [false])
    })
  )

  it.effect("lets a command wait for the undo that is under way, and admits it when that is rolled back", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      const back = yield* begin("undo", at(trip, 9))
      const forward = yield* Effect.forkChild(admit(at(trip, 1)))
      yield* untilSomebodyWaits
      yield* back.rollBack
      assert.deepStrictEqual(yield* Fiber.join(forward), [true])
    })
  )

  it.effect("never deadlocks over vectors that hold the same sagas in different orders", () =>
    Effect.gen(function* () {
      const trips = [...makeTrips(100), ...makeTrips(100)]
      for (let epoch = 1; epoch <= 5; epoch += 1) {
        const commands = trips.map((trip) => at(trip, epoch))
        yield* Effect.all(
          [admit(...commands), admit(...commands.toReversed()), undo(...commands.slice(90), ...commands.slice(0, 90))],
          { concurrency: "unbounded" }
        )
      }
    })
  )
})

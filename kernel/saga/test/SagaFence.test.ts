import { assert, layer } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Exit, Fiber, Latch } from "effect"
import { type Fenced, SagaFence, type SagaKey } from "../src/index.ts"
import { untilSomebodyWaits } from "./Locks.ts"
import { makeOrganization, makeTrip, makeTrips } from "./Trips.ts"

const Database = testDatabase("saga_test", new URL("./migrations/", import.meta.url))

/** Asks the fence in a transaction of its own, and then lets the command do its work in it. */
const through = (ask: "admit" | "undo", commands: ReadonlyArray<Fenced>, work: Effect.Effect<unknown> = Effect.void) =>
  Effect.flatMap(TenantDatabase, ({ sql, transaction }) =>
    Effect.orDie(
      transaction(commands.map(({ organizationId }) => organizationId))(
        Effect.tap(SagaFence[ask](sql, commands), () => work)
      )
    )
  )
const admit = (...commands: ReadonlyArray<Fenced>) => through("admit", commands)
const undo = (...commands: ReadonlyArray<Fenced>) => through("undo", commands)

const at = (trip: SagaKey, epoch: number, generation?: number): Fenced =>
  generation === undefined ? { ...trip, epoch } : { ...trip, epoch, generation }

/** Begins a transaction that asks the fence and stays open until it is told to end. */
const begin = Effect.fnUntraced(function* (ask: "admit" | "undo", command: Fenced) {
  const [asked, end] = [yield* Latch.make(false), yield* Latch.make(false)]
  const fiber = yield* Effect.forkChild(through(ask, [command], Effect.andThen(asked.open, end.await)))
  yield* asked.await
  return { commit: Effect.andThen(end.open, Fiber.join(fiber)), rollBack: Fiber.interrupt(fiber) }
})

layer(Database, { excludeTestServices: true })("the fence of a participant", (it) => {
  it.effect("admits a command, and the same command again", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
    })
  )

  it.effect("admits a newer worker, and from then on no older one, be it forward or back", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 3))
      assert.deepStrictEqual(yield* admit(at(trip, 5)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 4)), [false])
      assert.deepStrictEqual(yield* undo(at(trip, 4)), [false])
      // The refused undo has left nothing behind.
      assert.deepStrictEqual(yield* admit(at(trip, 5)), [true])
    })
  )

  it.effect("admits nothing forward once the undo has come, whoever asks", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 1))
      assert.deepStrictEqual(yield* undo(at(trip, 1)), [true])
      for (const epoch of [1, 2, 99]) assert.deepStrictEqual(yield* admit(at(trip, epoch)), [false])
    })
  )

  it.effect("admits nothing forward when the undo came before anything was done", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      assert.deepStrictEqual(yield* undo(at(trip, 2)), [true])
      for (const epoch of [1, 2, 3]) assert.deepStrictEqual(yield* admit(at(trip, epoch)), [false])
    })
  )

  it.effect("admits an undo again, of the same worker and of newer ones, but of no older one", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* undo(at(trip, 2))
      assert.deepStrictEqual(yield* undo(at(trip, 2)), [true])
      assert.deepStrictEqual(yield* undo(at(trip, 3)), [true])
      assert.deepStrictEqual(yield* undo(at(trip, 2)), [false])
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

  it.effect("keeps generations apart: the undo of one closes no other", () =>
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 5, 1))
      yield* undo(at(trip, 5, 1))
      assert.deepStrictEqual(yield* admit(at(trip, 1, 2)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 9, 1)), [false])
      assert.deepStrictEqual(yield* undo(at(trip, 9, 0), at(trip, 0, 2)), [true, false])
    })
  )

  it.effect("answers each command of a vector, in its order, over several organizations", () =>
    Effect.gen(function* () {
      const trips = [makeTrip(), makeTrip(), makeTrip(), makeTrip(), makeTrip()].toReversed()
      const [fresh, undone, overtaken, repeated, older] = trips
      if (fresh === undefined || undone === undefined || overtaken === undefined) return assert.fail()
      if (repeated === undefined || older === undefined) return assert.fail()
      yield* undo(at(undone, 1))
      yield* admit(at(overtaken, 5), at(repeated, 2), at(older, 1))
      assert.deepStrictEqual(
        yield* admit(at(fresh, 1), at(undone, 2), at(overtaken, 4), at(repeated, 2), at(older, 2)),
        [true, false, false, true, true]
      )
    })
  )

  it.effect("answers a vector of a thousand, and none", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const trips = makeTrips(1_000)
      yield* undo(...trips.filter((_, index) => index % 10 === 3).map((trip) => at(trip, 1)))
      assert.deepStrictEqual(
        yield* admit(...trips.map((trip) => at(trip, 1))),
        trips.map((_, index) => index % 10 !== 3)
      )
      assert.deepStrictEqual(yield* withoutTenant(SagaFence.admit(sql, [])), [])
      assert.deepStrictEqual(yield* withoutTenant(SagaFence.undo(sql, [])), [])
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

  it.effect("forgets what was rolled back", () =>
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

  it.effect("is another one in every organization, and can be reached by no other", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const mine = makeTrip()
      const theirs = { organizationId: makeOrganization(), sagaId: mine.sagaId }
      yield* undo(at(theirs, 8))
      assert.deepStrictEqual(yield* admit(at(mine, 1)), [true])
      const asMine = transaction([mine.organizationId])
      const seen = yield* asMine(sql`SELECT epoch FROM saga_fences WHERE saga_id = ${mine.sagaId}::uuid`)
      assert.deepStrictEqual(seen, [{ epoch: 1 }])
      for (const command of [at(theirs, 9), at(makeTrip(), 1)]) {
        assert.isTrue(Exit.hasDies(yield* Effect.exit(asMine(SagaFence.undo(sql, [command])))))
      }
      assert.deepStrictEqual(yield* undo(at(theirs, 8)), [true])
    })
  )
})

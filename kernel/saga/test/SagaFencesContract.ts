import { assert } from "@effect/vitest"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Exit } from "effect"
import { type Fenced, SagaFences, type SagaKey } from "../src/index.ts"
import { makeOrganization, makeTrip } from "./Trips.ts"

/** Asks the fences in a transaction of its own, and then lets the command do its work in it. */
export const through = (
  ask: "admit" | "undo",
  commands: ReadonlyArray<Fenced>,
  work: Effect.Effect<unknown> = Effect.void
) =>
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const fences = yield* SagaFences
    const organizations = commands.map(({ organizationId }) => organizationId)
    return yield* transactions.run(organizations)(Effect.tap(fences[ask](commands), () => work))
  })
export const admit = (...commands: ReadonlyArray<Fenced>) => through("admit", commands)
export const undo = (...commands: ReadonlyArray<Fenced>) => through("undo", commands)

export const at = (trip: SagaKey, epoch: number, generation?: number): Fenced =>
  generation === undefined ? { ...trip, epoch } : { ...trip, epoch, generation }

/** What every implementation of a participant's fences has to hold. */
export const sagaFencesContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, SagaFences | TenantTransactions>]
> = [
  [
    "admits a command, and the same command again",
    Effect.gen(function* () {
      const trip = makeTrip()
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
    })
  ],
  [
    "admits a newer worker, and from then on no older one, be it forward or back",
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 3))
      assert.deepStrictEqual(yield* admit(at(trip, 5)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 4)), [false])
      assert.deepStrictEqual(yield* undo(at(trip, 4)), [false])
      // The refused undo has left nothing behind.
      assert.deepStrictEqual(yield* admit(at(trip, 5)), [true])
    })
  ],
  [
    "admits nothing forward once the undo has come, whoever asks",
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 1))
      assert.deepStrictEqual(yield* undo(at(trip, 1)), [true])
      for (const epoch of [1, 2, 99]) assert.deepStrictEqual(yield* admit(at(trip, epoch)), [false])
    })
  ],
  [
    "admits nothing forward when the undo came before anything was done",
    Effect.gen(function* () {
      const trip = makeTrip()
      assert.deepStrictEqual(yield* undo(at(trip, 2)), [true])
      for (const epoch of [1, 2, 3]) assert.deepStrictEqual(yield* admit(at(trip, epoch)), [false])
    })
  ],
  [
    "admits an undo again, of the same worker and of newer ones, but of no older one",
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* undo(at(trip, 2))
      assert.deepStrictEqual(yield* undo(at(trip, 2)), [true])
      assert.deepStrictEqual(yield* undo(at(trip, 3)), [true])
      assert.deepStrictEqual(yield* undo(at(trip, 2)), [false])
    })
  ],
  [
    "keeps generations apart: the undo of one closes no other",
    Effect.gen(function* () {
      const trip = makeTrip()
      yield* admit(at(trip, 5, 1))
      yield* undo(at(trip, 5, 1))
      assert.deepStrictEqual(yield* admit(at(trip, 1, 2)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
      assert.deepStrictEqual(yield* admit(at(trip, 9, 1)), [false])
      assert.deepStrictEqual(yield* undo(at(trip, 9, 0), at(trip, 0, 2)), [true, false])
    })
  ],
  [
    "answers each command of a vector, in its order, over several organizations",
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
  ],
  [
    "answers nobody when nobody asks",
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* admit(), [])
      assert.deepStrictEqual(yield* undo(), [])
    })
  ],
  [
    "forgets what was rolled back",
    Effect.gen(function* () {
      const trip = makeTrip()
      const failing = through("undo", [at(trip, 9)], Effect.die(new Error("a bug")))
      assert.isTrue(Exit.hasDies(yield* Effect.exit(failing)))
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
    })
  ],
  [
    "is another one in every organization, and can be reached by no other",
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const fences = yield* SagaFences
      const mine = makeTrip()
      const theirs = { organizationId: makeOrganization(), sagaId: mine.sagaId }
      yield* undo(at(theirs, 8))
      assert.deepStrictEqual(yield* admit(at(mine, 1)), [true])
      const asMine = transactions.run([mine.organizationId])
      for (const command of [at(theirs, 9), at(makeTrip(), 1)]) {
        assert.isTrue(Exit.hasDies(yield* Effect.exit(asMine(fences.undo([command])))))
      }
      assert.deepStrictEqual(yield* undo(at(theirs, 8)), [true])
    })
  ]
]

import { assert, describe, it } from "@effect/vitest"
import { MemoryDatabase } from "@valerix/database/memory"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { makeParticipantMemory, SagaFences } from "../src/index.ts"
import { admit, at, sagaFencesContract } from "./SagaFencesContract.ts"
import { makeTrip } from "./Trips.ts"

const Memory = Layer.suspend(() => makeParticipantMemory(new MemoryDatabase()).layer())

describe("the fences of a participant in memory", () => {
  for (const [promise, test] of sagaFencesContract) {
    it.effect(promise, () => Effect.provide(test, Memory))
  }

  it.effect("forget what was rolled back", () =>
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const fences = yield* SagaFences
      const trip = makeTrip()
      const undo = fences.undo([at(trip, 9)])
      const failing = transactions.run([trip.organizationId])(Effect.andThen(undo, Effect.fail("no")))
      yield* Effect.flip(failing)
      assert.deepStrictEqual(yield* admit(at(trip, 1)), [true])
    }).pipe(Effect.provide(Memory))
  )
})

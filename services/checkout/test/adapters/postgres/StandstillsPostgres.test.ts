import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SagaOperations } from "../../../src/application/ports/SagaOperations.ts"
import { Standstills } from "../../../src/application/ports/Standstills.ts"
import { acceptedBy, parkedFor, StorageBench, StorageBenchPostgres, worked } from "../../contract/SagaBench.ts"
import { standstillsContract } from "../../contract/StandstillsContract.ts"
import { promises } from "../../support/Bench.ts"
import { makeOrganization } from "../../support/Samples.ts"

promises("what stands still in PostgreSQL", (promise) => {
  for (const [name, test] of Object.entries(standstillsContract)) {
    promise(name, () => Effect.provide(test, StorageBenchPostgres))
  }

  promise("is put back as it was parked, where only its turn was lost", () =>
    Effect.gen(function* () {
      const bench = yield* StorageBench
      const standstills = yield* Standstills
      const operations = yield* SagaOperations
      const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
      yield* worked(orderId, parkedFor("The bank is down"))
      yield* bench.loseTurn(orderId)
      assert.strictEqual((yield* standstills.putBack(organizationId, [orderId], 0)).length, 1)
      const { parkReason, state } = Option.getOrThrow(yield* operations.find(organizationId, orderId))
      assert.deepStrictEqual([state, parkReason], ["PARKED", "The bank is down"])
    }).pipe(Effect.provide(StorageBenchPostgres))
  )
})

import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerMemory } from "../../contract/SagaBench.ts"
import { sagaOperationsContract } from "../../contract/SagaOperationsContract.ts"

describe("operating on sagas in memory", () => {
  for (const [promise, test] of Object.entries(sagaOperationsContract)) {
    it.effect(promise, () => Effect.provide(test, layerMemory))
  }
})

import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerStoreBenchMemory } from "./contract/StoreBenchMemory.ts"
import { sagaStoreContract } from "./SagaStoreContract.ts"

describe("the saga store in memory", () => {
  for (const [promise, test] of sagaStoreContract) {
    it.effect(promise, () => Effect.provide(test, layerStoreBenchMemory))
  }
})

import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sagaFencesContract } from "./SagaFencesContract.ts"
import { layerFencesMemory } from "./SagaFencesInMemory.ts"

describe("the fences of a participant in memory", () => {
  for (const [promise, test] of sagaFencesContract) {
    it.effect(promise, () => Effect.provide(test, layerFencesMemory))
  }
})

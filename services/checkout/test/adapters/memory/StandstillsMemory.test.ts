import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerMemory } from "../../contract/SagaBench.ts"
import { standstillsContract } from "../../contract/StandstillsContract.ts"

describe("what stands still in memory", () => {
  for (const [promise, test] of Object.entries(standstillsContract)) {
    it.effect(promise, () => Effect.provide(test, layerMemory))
  }
})

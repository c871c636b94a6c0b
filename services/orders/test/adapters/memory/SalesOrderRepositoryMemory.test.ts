import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerRepositoryMemory } from "../../contract/RepositoryMemory.ts"
import { salesOrderRepositoryContract } from "../../contract/SalesOrderRepositoryContract.ts"

describe("the repository of sales orders in memory", () => {
  for (const [promise, test] of salesOrderRepositoryContract) {
    it.effect(promise, () => Effect.provide(test, layerRepositoryMemory))
  }
})

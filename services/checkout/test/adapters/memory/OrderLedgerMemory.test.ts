import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerLedgerBenchMemory } from "../../contract/LedgerBenchMemory.ts"
import { orderLedgerContract } from "../../contract/OrderLedgerContract.ts"

describe("the order ledger in memory", () => {
  for (const [promise, test] of orderLedgerContract) {
    it.effect(promise, () => Effect.provide(test, layerLedgerBenchMemory))
  }
})

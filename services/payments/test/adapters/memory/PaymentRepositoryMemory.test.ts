import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { paymentRepositoryContract } from "../../contract/PaymentRepositoryContract.ts"
import { layerPaymentRepositoryMemory } from "../../contract/PaymentRepositoryMemory.ts"

describe("the repository of payments in memory", () => {
  for (const [promise, test] of paymentRepositoryContract) {
    it.effect(promise, () => Effect.provide(test, layerPaymentRepositoryMemory))
  }
})

import { describe, it } from "@effect/vitest"
import { MemoryDatabase, tenantTransactionsMemory } from "@valerix/database/memory"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { Outbox, OutboxMemory } from "../src/index.ts"
import { outboxContract, Told } from "./OutboxContract.ts"

const Memory = Layer.suspend(() => {
  const database = new MemoryDatabase()
  const memory = new OutboxMemory(database)
  return Layer.mergeAll(
    Layer.succeed(TenantTransactions, tenantTransactionsMemory(database)),
    Layer.succeed(Outbox, memory.outbox),
    Layer.succeed(Told, { about: () => Effect.sync(() => memory.events) })
  )
})

describe("the outbox in memory", () => {
  for (const [promise, test] of outboxContract) {
    it.effect(promise, () => Effect.provide(test, Memory))
  }
})

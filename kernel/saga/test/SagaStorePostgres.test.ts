import { layer } from "@effect/vitest"
import { testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { layerStoreBenchPostgres } from "./contract/StoreBenchPostgres.ts"
import { sagaStoreContract } from "./SagaStoreContract.ts"

const Database = testDatabase("saga_test", new URL("./migrations/", import.meta.url))

layer(Database, { excludeTestServices: true })("the saga store in PostgreSQL", (it) => {
  for (const [promise, test] of sagaStoreContract) {
    it.effect(promise, () => Effect.provide(test, layerStoreBenchPostgres))
  }
})

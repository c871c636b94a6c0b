import { Effect } from "effect"
import { StorageBenchPostgres } from "../../contract/SagaBench.ts"
import { standstillsContract } from "../../contract/StandstillsContract.ts"
import { promises } from "../../support/Bench.ts"

promises("what stands still in PostgreSQL", (promise) => {
  for (const [name, test] of Object.entries(standstillsContract)) {
    promise(name, () => Effect.provide(test, StorageBenchPostgres))
  }
})

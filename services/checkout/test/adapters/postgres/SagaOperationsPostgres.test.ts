import { Effect } from "effect"
import { StorageBenchPostgres } from "../../contract/SagaBench.ts"
import { sagaOperationsContract } from "../../contract/SagaOperationsContract.ts"
import { promises } from "../../support/Bench.ts"

promises("operating on sagas in PostgreSQL", (promise) => {
  for (const [name, test] of Object.entries(sagaOperationsContract)) {
    promise(name, () => Effect.provide(test, StorageBenchPostgres))
  }
})

import { Effect } from "effect"
import { LedgerBooksPostgres } from "../../contract/LedgerBooksPostgres.ts"
import { orderLedgerContract } from "../../contract/OrderLedgerContract.ts"
import { promises } from "../../support/Bench.ts"

promises("the order ledger in PostgreSQL", (promise) => {
  for (const [name, test] of orderLedgerContract) {
    promise(name, () => Effect.provide(test, LedgerBooksPostgres))
  }
})

import { agree } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { layerLedgerBenchMemory } from "../../contract/LedgerBenchMemory.ts"
import { LedgerBooksPostgres } from "../../contract/LedgerBooksPostgres.ts"
import { ledgerStories, tellLedger } from "../../contract/LedgerStory.ts"
import { orderLedgerContract } from "../../contract/OrderLedgerContract.ts"
import { emptied, promises } from "../../support/Bench.ts"

/** A ledger in memory, with a clock of its own that begins now. */
const InMemory = Layer.effectDiscard(Effect.suspend(() => TestClock.setTime(Date.now()))).pipe(
  Layer.merge(layerLedgerBenchMemory),
  Layer.provideMerge(TestClock.layer()),
  Layer.fresh
)

promises("the order ledger in PostgreSQL", (promise) => {
  for (const [name, test] of orderLedgerContract) {
    promise(name, () => Effect.provide(test, LedgerBooksPostgres))
  }

  promise("answers as the one in memory does, and holds the same in the end, whatever happens", () =>
    agree(
      ledgerStories,
      (story) => Effect.andThen(Effect.orDie(emptied), tellLedger(story)).pipe(Effect.provide(LedgerBooksPostgres)),
      (story) => Effect.provide(tellLedger(story), InMemory),
      { numRuns: 60 }
    )
  )
})

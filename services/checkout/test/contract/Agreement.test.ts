import { agree } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { emptied, promises } from "../support/Bench.ts"
import { layerLedgerBenchMemory } from "./LedgerBenchMemory.ts"
import { LedgerBooksPostgres } from "./LedgerBooksPostgres.ts"
import { ledgerStories, tellLedger } from "./LedgerStory.ts"

promises("the order ledgers", (promise) => {
  promise("answer the same, and hold the same in the end, whatever happens", () =>
    agree(
      ledgerStories,
      (story) => Effect.andThen(Effect.orDie(emptied), tellLedger(story)).pipe(Effect.provide(LedgerBooksPostgres)),
      (story) =>
        Effect.andThen(
          Effect.suspend(() => TestClock.setTime(Date.now())),
          tellLedger(story)
        ).pipe(Effect.provide(Layer.mergeAll(Layer.fresh(layerLedgerBenchMemory), TestClock.layer()))),
      { numRuns: 60 }
    )
  )
})

import { assert } from "@effect/vitest"
import { agree, OwnerDatabase } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { layerLedgerBenchMemory } from "../../contract/LedgerBenchMemory.ts"
import { LedgerBooksPostgres } from "../../contract/LedgerBooksPostgres.ts"
import { ledgerStories, tellLedger } from "../../contract/LedgerStory.ts"
import { orderLedgerContract } from "../../contract/OrderLedgerContract.ts"
import { emptied, promises } from "../../support/Bench.ts"
import { accepted } from "../../support/Orders.ts"
import { newEntry } from "../../support/Samples.ts"

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

  promise("tells the end of a story that is too long to be told", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { orderId, organizationId } = yield* accepted(newEntry())
      yield* sql`
        INSERT INTO order_timeline (organization_id, order_id, step, attempt, outcome, duration_ms, epoch)
        SELECT ${organizationId}, ${orderId}, 'confirm', attempt, 'UNAVAILABLE', 1, 1
        FROM generate_series(1, 10_000) AS attempt ORDER BY attempt`.pipe(Effect.orDie)
      const timeline = yield* Effect.flatMap(OrderLedger, (ledger) => ledger.timeline(organizationId, orderId))
      assert.deepStrictEqual([timeline.length, timeline[0]?.attempt, timeline.at(-1)?.attempt], [10_000, 1, 10_000])
      assert.strictEqual(timeline[0]?.step, "confirm")
    })
  )

  promise("answers as the one in memory does, and holds the same in the end, whatever happens", () =>
    agree(
      ledgerStories,
      (story) => Effect.andThen(Effect.orDie(emptied), tellLedger(story)).pipe(Effect.provide(LedgerBooksPostgres)),
      (story) => Effect.provide(tellLedger(story), InMemory),
      { numRuns: 60 }
    )
  )
})

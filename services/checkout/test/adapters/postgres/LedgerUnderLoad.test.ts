import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../../src/application/ports/OrderSagaStore.ts"
import { promises } from "../../support/Bench.ts"
import { abandoned, authorized, begin } from "../../support/Orders.ts"
import { newEntry } from "../../support/Samples.ts"

const shuffled = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)

promises("the ledger under load", (promise) => {
  promise("writes each of many keys once, in whatever order batches that come at once name them", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const entries = Array.from({ length: 60 }, () => newEntry())
      const results = yield* Effect.all(
        Array.from({ length: 6 }, () => begin(...shuffled(entries))),
        { concurrency: "unbounded" }
      )
      const tags = results.flat().map(({ _tag }) => _tag)
      assert.strictEqual(tags.filter((tag) => tag === "Begun").length, 60)
      assert.strictEqual(tags.filter((tag) => tag === "InProgress").length, 300)
      const counts = yield* sql`
        SELECT (SELECT count(*) FROM order_ledger) AS entries, (SELECT count(*) FROM order_ledger_items) AS lines,
          (SELECT count(*) FROM edge_leases) AS leases`
      assert.deepStrictEqual(counts, [{ entries: 60, lines: 120, leases: 60 }])
    })
  )

  // A deadlock would be one of these effects dying.
  promise("does not stand in its own way: replays, retries, conclusions, sweeps, sagas and cancellations at once", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const store = yield* OrderSagaStore
      const entries = Array.from({ length: 40 }, () => newEntry())
      const conclude = Effect.fnUntraced(function* () {
        // Leases that run out at once: every retry may take up what another is at work on.
        const begun = (yield* ledger.begin(shuffled(entries), 0)).flatMap((one) =>
          one._tag === "Begun" ? [one.authorization] : []
        )
        if (begun.length === 0) return
        yield* ledger.conclude(shuffled(begun.map((one) => (Math.random() < 0.3 ? abandoned(one) : authorized(one)))))
      })
      const sweep = Effect.gen(function* () {
        yield* ledger.forgetSettled(yield* ledger.abandonExpired({ limit: 100, retryMs: 60_000 }))
      })
      const advance = Effect.gen(function* () {
        const claimed = yield* store.claim({ limit: 100, weightMax: 1_000_000, leaseMs: 0 })
        yield* store.record(
          shuffled(claimed).map(({ organizationId, sagaId, epoch, status }) => ({
            organizationId,
            sagaId,
            epoch,
            expectedStatus: status,
            attempts: [],
            change: { _tag: "Retry", attempts: 1, unsent: 0, undone: [], delayMs: 0 }
          }))
        )
      })
      const cancel = Effect.gen(function* () {
        for (const { tenant } of shuffled(entries).slice(0, 5)) {
          const [order] = yield* ledger.list(tenant.organizationId, {
            states: undefined,
            customerId: undefined,
            beforeOrderId: undefined,
            limit: 1
          })
          if (order !== undefined) yield* ledger.requestCancel(tenant.organizationId, order.orderId)
        }
      })
      const rounds = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.repeat(effect, { times: 25 })
      yield* Effect.all(
        [
          rounds(Effect.suspend(conclude)),
          rounds(Effect.suspend(conclude)),
          rounds(Effect.suspend(conclude)),
          rounds(sweep),
          rounds(advance),
          rounds(advance),
          rounds(cancel)
        ],
        { concurrency: "unbounded" }
      )
      const tags = (yield* begin(...entries)).map(({ _tag }) => _tag)
      assert.isTrue(tags.every((tag) => tag !== "KeyReused"))
    })
  )
})

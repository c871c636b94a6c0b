import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { promises } from "../../support/Bench.ts"
import { allOrders, holdLedgerRow, leasesRunOut, ledgerRow, sessionsWaiting } from "../../support/Books.ts"
import { accepted, begin, begun } from "../../support/Orders.ts"
import { newEntry } from "../../support/Samples.ts"

const tagsOf = (results: ReadonlyArray<{ readonly _tag: string }>) => results.map(({ _tag }) => _tag)

promises("beginning an entry", (promise) => {
  promise("writes all of it or nothing", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const lateFailure = { ...newEntry(), correlationId: undefined }
      const [line] = lateFailure.order.lines
      assert(line !== undefined)
      // Quantity 0 is refused by the lines' table, after the entry was inserted.
      const broken = {
        ...lateFailure,
        order: { ...lateFailure.order, lines: [{ ...line, sku: "\0" }] }
      }
      const exit = yield* Effect.exit(begin(newEntry(), broken))
      assert.strictEqual(exit._tag, "Failure")
      assert.deepStrictEqual(yield* allOrders, [])
      assert.deepStrictEqual(yield* sql`SELECT * FROM order_ledger_items`, [])
      assert.deepStrictEqual(yield* sql`SELECT * FROM edge_leases`, [])
    })
  )

  promise("gives an abandoned entry to exactly one of several retries that come at once", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const retries = yield* Effect.forEach([1, 2, 3], () => Effect.forkScoped(begin(entry)))
      yield* sessionsWaiting(3)
      yield* held.release
      const results = yield* Effect.forEach(retries, Fiber.join)
      assert.deepStrictEqual(tagsOf(results.flat()).toSorted(), ["Begun", "InProgress", "InProgress"])
      assert.strictEqual((yield* ledgerRow(orderId)).generation, 2)
    })
  )

  promise("makes one entry of equal requests that come at once to different edges", () =>
    Effect.gen(function* () {
      const entry = newEntry()
      const results = yield* Effect.all(
        Array.from({ length: 6 }, () => begin(entry)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(tagsOf(results.flat()).toSorted(), ["Begun", ...Array(5).fill("InProgress")])
      assert.strictEqual((yield* allOrders).length, 1)
    })
  )

  promise("never waits for an order that is being executed to answer its replay", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* accepted()
      const held = yield* holdLedgerRow(orderId)
      assert.deepStrictEqual(yield* begin(entry), [{ _tag: "Known", orderId }])
      yield* held.release
    })
  )
})

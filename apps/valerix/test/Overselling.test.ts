import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })(
  "50 in stock and 500 orders of 1 at once",
  (it) => {
    it.effect("confirms exactly 50, voids the authorizations of the other 450, and leaves nothing available", () =>
      Effect.gen(function* () {
        const { client, owner, verify } = yield* TestProgram
        const productId = yield* client.product("LAST-50", 50)
        const ids = yield* Effect.forEach(
          Array.from({ length: 500 }, (_, index) => index),
          (index) => client.placed({ product_id: "LAST-50", quantity: 1 }, `buyer-${index}`),
          { concurrency: 100 }
        )
        assert.strictEqual(new Set(ids).size, 500)
        const orders = yield* Effect.forEach(ids, (id) => client.ended(id), { concurrency: 20 })
        const byStatus = Map.groupBy(orders, (order) => order.ledger_status)
        assert.strictEqual(byStatus.get("COMPLETED")?.length, 50)
        assert.strictEqual(byStatus.get("FAILED")?.length, 450)
        assert.deepStrictEqual(
          [...new Set(byStatus.get("FAILED")?.map((order) => order.failure?.code))],
          ["insufficient_stock"]
        )

        const availability = yield* client.call("GET", `/api/v1/inventory/products/${productId}/availability`)
        assert.deepInclude(availability.body, { stock_quantity: 50, available: 0 })
        // An order that was sent again has an authorization for each time; those that nobody was answered for are swept.
        const payments = yield* owner("payments")<{ status: string; count: number }>`
          SELECT status, count(*)::int AS count FROM payments GROUP BY status ORDER BY status`.pipe(
          Effect.repeat({
            schedule: Schedule.spaced(100),
            until: (rows) => rows.every(({ status }) => status === "CAPTURED" || status === "VOIDED")
          }),
          Effect.timeout(120_000)
        )
        assert.deepStrictEqual(payments[0], { status: "CAPTURED", count: 50 })
        assert.isAtLeast(payments[1]?.count ?? 0, 450)
        assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      })
    )
  }
)

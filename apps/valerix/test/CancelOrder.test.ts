import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })("cancelling by the customer", (it) => {
  it.effect("refunds, releases and cancels an order that was completed, and says so when asked again", () =>
    Effect.gen(function* () {
      const { client, owner, verify } = yield* TestProgram
      const productId = yield* client.product("REGRET", 5)
      const order = orderIn(yield* client.order({ product_id: "REGRET", quantity: 2 }, { wait: 10 }))
      assert.strictEqual(order.status, "CONFIRMED")
      const cancelled = yield* client.call("PUT", `/api/v1/orders/${order.id}/cancel`)
      assert.strictEqual(cancelled.status, 202, JSON.stringify(cancelled.body))
      const ended = yield* client.ended(order.id)
      assert.strictEqual(ended.ledger_status, "FAILED")
      assert.strictEqual(ended.failure?.code, "cancelled_on_request")
      const again = yield* client.call("PUT", `/api/v1/orders/${order.id}/cancel`)
      assert.strictEqual(again.status, 200)

      const availability = yield* client.call("GET", `/api/v1/inventory/products/${productId}/availability`)
      assert.deepInclude(availability.body, { stock_quantity: 5, available: 5 })
      const payments = yield* owner("payments")<{ status: string }>`SELECT status FROM payments`
      assert.deepStrictEqual(payments, [{ status: "REFUNDED" }])
      const sales = yield* owner("orders")<{ status: string }>`SELECT status FROM sales_orders`
      assert.deepStrictEqual(sales, [{ status: "CANCELLED" }])
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )

  it.effect("is refused for an order that failed for another reason, and for one that is not there", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      yield* client.product("NONE-LEFT", 0)
      const failed = orderIn(yield* client.order({ product_id: "NONE-LEFT", quantity: 1 }))
      yield* client.ended(failed.id)
      const refused = yield* client.call("PUT", `/api/v1/orders/${failed.id}/cancel`)
      assert.strictEqual(refused.status, 409)
      assert.deepInclude(refused.body, { code: "invalid_status_transition", current_status: "FAILED" })
      const missing = yield* client.call("PUT", "/api/v1/orders/01900000-0000-7000-8000-00000000dead/cancel")
      assert.strictEqual(missing.status, 404)
    })
  )
})

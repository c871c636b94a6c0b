import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const longForm = (token: string) => ({
  customer_id: "01900000-0000-7000-8000-0000000000aa",
  currency: "EUR",
  items: [
    { sku: "TEA", quantity: 2 },
    { sku: "POT", quantity: 1 }
  ],
  adjustments: [{ kind: "SHIPPING", amount: { amount: "4.90", currency: "EUR" } }],
  payment: { method: "card", token }
})

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })("an idempotency key", (it) => {
  it.effect("answers the first order again when the key is reused, whatever the order of the body's members", () =>
    Effect.gen(function* () {
      const { client, owner } = yield* TestProgram
      yield* client.product("TEA", 100, { amount: "2.50" })
      yield* client.product("POT", 100, { amount: "19.99" })
      const first = yield* client.order(longForm("tok_1"), { key: "same", wait: 10 })
      assert.strictEqual(first.status, 201, JSON.stringify(first.body))
      assert.isNull(first.headers.get("idempotency-replayed"))
      assert.deepInclude(first.body, { total: { amount: "29.89", currency: "EUR" } })
      const reordered = Object.fromEntries(Object.entries(longForm("tok_1")).reverse())
      const again = yield* client.order(reordered, { key: "same", wait: 10 })
      assert.strictEqual(again.status, 201)
      assert.strictEqual(again.headers.get("idempotency-replayed"), "true")
      assert.strictEqual(orderIn(again).id, orderIn(first).id)
      const [captures] = yield* owner("mock_provider")<{ count: number }>`SELECT count(*)::int AS count FROM captures`
      assert.deepStrictEqual(captures, { count: 1 })
    })
  )

  it.effect("refuses another request under a used key", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      yield* client.order(longForm("tok_2"), { key: "taken", wait: 10 })
      const other = yield* client.order(longForm("tok_3"), { key: "taken" })
      assert.strictEqual(other.status, 422)
      assert.deepInclude(other.body, { code: "idempotency_key_reused" })
    })
  )

  it.effect("answers a declined payment with 402, and its replay with the stored problem", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      const declined = yield* client.order(longForm("decline_insufficient"), { key: "poor" })
      assert.strictEqual(declined.status, 402)
      assert.deepInclude(declined.body, { code: "payment_declined", decline_code: "insufficient_funds", status: 402 })
      const again = yield* client.order(longForm("decline_insufficient"), { key: "poor" })
      assert.strictEqual(again.status, 402)
      assert.strictEqual(again.headers.get("idempotency-replayed"), "true")
      assert.deepInclude(again.body, { decline_code: "insufficient_funds" })
    })
  )

  it.effect("is one order when twenty requests with it come at once", () =>
    Effect.gen(function* () {
      const { client, verify } = yield* TestProgram
      const answers = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => client.order(longForm("tok_4"), { key: "twenty", wait: 10 }),
        { concurrency: 20 }
      )
      const orders = new Set(answers.filter((answer) => answer.status < 300).map((answer) => orderIn(answer).id))
      assert.strictEqual(orders.size, 1)
      const others = answers.filter((answer) => answer.status >= 300).map((answer) => answer.body)
      for (const other of others) assert.deepInclude(other, { code: "request_in_progress" })
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )

  it.effect("is required", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      const answer = yield* client.call("POST", "/api/v1/orders", { body: longForm("tok_5") })
      assert.strictEqual(answer.status, 400)
      assert.deepInclude(answer.body, { code: "missing_idempotency_key" })
    })
  )
})

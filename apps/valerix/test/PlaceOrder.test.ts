import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const Timeline = Schema.Struct({
  data: Schema.Array(Schema.Struct({ step: Schema.String, outcome: Schema.String, attempt: Schema.Int }))
})
const Page = Schema.Struct({
  data: Schema.Array(Schema.Struct({ id: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String)
})
const CUSTOMER = "01900000-0000-7000-8000-0000000000aa"
const decodeTimeline = Schema.decodeUnknownEffect(Timeline)

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })("placing an order", (it) => {
  it.effect("confirms the short form of the README, and its timeline shows every step", () =>
    Effect.gen(function* () {
      const { client, verify } = yield* TestProgram
      yield* client.product("PROD-001", 100)
      const answer = yield* client.order({ product_id: "PROD-001", quantity: 1 }, { wait: 10 })
      assert.strictEqual(answer.status, 201, JSON.stringify(answer.body))
      const order = orderIn(answer)
      assert.strictEqual(order.status, "CONFIRMED")
      const timeline = yield* Effect.flatMap(client.call("GET", `/api/v1/orders/${order.id}/timeline`), ({ body }) =>
        decodeTimeline(body)
      )
      assert.deepStrictEqual(
        timeline.data.map(({ step, outcome }) => `${step} ${outcome}`),
        ["authorize DONE", "create DONE", "reserve DONE", "capture DONE", "confirm DONE"]
      )
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )

  it.effect("executes an order of 2,000 lines", () =>
    Effect.gen(function* () {
      const { client, verify } = yield* TestProgram
      const skus = Array.from({ length: 40 }, (_, index) => `LINE-${index}`)
      yield* Effect.forEach(skus, (sku) => client.product(sku, 1_000, { amount: "0.10" }), { concurrency: 8 })
      const items = Array.from({ length: 2_000 }, (_, index) => ({ sku: skus[index % skus.length], quantity: 1 }))
      const placed = yield* client.order({ customer_id: CUSTOMER, items, payment: { method: "card", token: "tok" } })
      assert.strictEqual(placed.status, 202, JSON.stringify(placed.body).slice(0, 500))
      const order = yield* client.ended(orderIn(placed).id)
      assert.strictEqual(order.ledger_status, "COMPLETED", JSON.stringify(order.failure))
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )

  it.effect("executes an order that costs nothing", () =>
    Effect.gen(function* () {
      const { client, verify } = yield* TestProgram
      yield* client.product("GIFT", 10, { amount: "5.00" })
      const placed = yield* client.order(
        {
          customer_id: CUSTOMER,
          items: [{ sku: "GIFT", quantity: 1 }],
          adjustments: [{ kind: "DISCOUNT", amount: { amount: "-5.00", currency: "EUR" }, description: "Voucher" }],
          payment: { method: "card", token: "tok" }
        },
        { wait: 10 }
      )
      assert.strictEqual(placed.status, 201, JSON.stringify(placed.body))
      assert.deepInclude(placed.body, { status: "CONFIRMED", total: { amount: "0.00", currency: "EUR" } })
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )

  it.effect("lists orders newest first, page by page, without gaps or repeats", () =>
    Effect.gen(function* () {
      const { client } = yield* TestProgram
      yield* client.product("LISTED", 100)
      const organization = "01900000-0000-7000-8000-00000000000e"
      yield* client.product("LISTED", 100, { organization })
      const placed = yield* Effect.forEach(Array.from({ length: 7 }), () =>
        Effect.map(client.order({ product_id: "LISTED", quantity: 1 }, { organization, wait: 10 }), orderIn)
      )
      const seen: Array<string> = []
      let cursor: string | null = null
      do {
        const query: string = cursor === null ? "?limit=3" : `?limit=3&cursor=${cursor}`
        const answer = yield* client.call("GET", `/api/v1/orders${query}`, {
          headers: { "x-organization-id": organization }
        })
        const page: typeof Page.Type = yield* Schema.decodeUnknownEffect(Page)(answer.body)
        seen.push(...page.data.map((order) => order.id))
        cursor = page.next_cursor
      } while (cursor !== null)
      assert.deepStrictEqual(seen, placed.map((order) => order.id).reverse())
    })
  )
})

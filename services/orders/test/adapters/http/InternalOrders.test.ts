import { assert, layer } from "@effect/vitest"
import { makeOrderId, makeProductId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { makeCustomerId } from "../../SampleOrders.ts"
import { client, layerOrdersServer, problemOf } from "./Server.ts"

const ledgerEntry = () => ({
  order_ledger_id: makeOrderId(),
  user_id: makeCustomerId(),
  currency: "USD",
  items: [
    { product_id: makeProductId(), sku: "MUG-1", quantity: 2, unit_price_cents: 1999 },
    { product_id: makeProductId(), quantity: 1, unit_price_cents: 2 }
  ],
  total_amount_cents: 4000
})

layer(layerOrdersServer, { excludeTestServices: true })("the endpoints of an order's execution", (it) => {
  it.effect("create an order from its ledger entry, and answer the same order again", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const entry = ledgerEntry()
      const [mug, pen] = entry.items
      const created = yield* send("POST", "/orders", entry)
      assert.strictEqual(created.status, 201)
      assert.deepInclude(created.body, {
        order_id: entry.order_ledger_id,
        order_ledger_id: entry.order_ledger_id,
        user_id: entry.user_id,
        status: "PENDING",
        currency: "USD",
        total_amount_cents: 4000,
        items: [mug, { ...pen, sku: pen?.product_id }]
      })
      const again = yield* send("POST", "/orders", { ...entry, items: [mug], total_amount_cents: 3998 })
      assert.deepStrictEqual([again.status, again.body], [201, created.body])
      const found = yield* send("GET", `/orders/${entry.order_ledger_id}`)
      assert.deepStrictEqual([found.status, found.body], [200, created.body])
    })
  )

  it.effect("confirm an order, and again, and cancel it, and again", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const entry = ledgerEntry()
      yield* send("POST", "/orders", entry)
      for (const [verb, status] of [
        ["confirm", "CONFIRMED"],
        ["confirm", "CONFIRMED"],
        ["cancel", "CANCELLED"],
        ["cancel", "CANCELLED"]
      ]) {
        const moved = yield* send("PUT", `/orders/${entry.order_ledger_id}/${verb}`)
        assert.strictEqual(moved.status, 200)
        assert.strictEqual(moved.body["status"], status)
      }
    })
  )

  it.effect("refuse what the order's status does not allow", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const entry = ledgerEntry()
      yield* send("POST", "/orders", entry)
      yield* send("PUT", `/orders/${entry.order_ledger_id}/cancel`)
      assert.deepStrictEqual(problemOf(yield* send("PUT", `/orders/${entry.order_ledger_id}/confirm`)), {
        status: 409,
        code: "invalid_status_transition",
        current_status: "CANCELLED",
        attempted_status: "CONFIRMED"
      })
      assert.deepInclude(problemOf(yield* send("POST", "/orders", entry)), { status: 409, code: "order_cancelled" })
    })
  )

  it.effect("answer 404 for an order that is not there, and keep it out once it was cancelled", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const entry = ledgerEntry()
      const path = `/orders/${entry.order_ledger_id}`
      const notFound = { status: 404, code: "not_found", order_id: entry.order_ledger_id }
      assert.deepStrictEqual(problemOf(yield* send("GET", path)), notFound)
      assert.deepStrictEqual(problemOf(yield* send("PUT", `${path}/confirm`)), notFound)
      assert.deepStrictEqual(problemOf(yield* send("PUT", `${path}/cancel`)), notFound)
      const late = yield* send("POST", "/orders", entry)
      assert.deepInclude(problemOf(late), { status: 409, code: "order_cancelled" })
      assert.deepStrictEqual(problemOf(yield* send("GET", path)), notFound)
    })
  )

  it.effect("let a worker that was replaced change nothing", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const entry = ledgerEntry()
      const path = `/orders/${entry.order_ledger_id}`
      yield* send("POST", "/orders", { ...entry, epoch: 5 })
      const late = yield* send("PUT", `${path}/confirm?epoch=4`)
      assert.deepInclude(problemOf(late), { status: 409, code: "order_cancelled" })
      assert.strictEqual((yield* send("PUT", `${path}/confirm?epoch=5`)).status, 200)
    })
  )

  it.effect("answer with both totals when the stated one is not the sum of the items", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const answer = yield* send("POST", "/orders", { ...ledgerEntry(), total_amount_cents: 4001 })
      assert.deepStrictEqual(problemOf(answer), {
        status: 400,
        code: "order_total_mismatch",
        stated_amount_cents: 4001,
        calculated_amount_cents: 4000
      })
    })
  )

  it.effect("name every field that is wrong", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const wrong = { order_ledger_id: "1", user_id: "2", currency: "EURO", items: [], total_amount_cents: -1, x: 1 }
      const answer = yield* send("POST", "/orders", wrong)
      assert.deepInclude(problemOf(answer), { status: 400, code: "validation_error" })
      const errors = Array.isArray(answer.body["errors"]) ? answer.body["errors"] : []
      assert.sameMembers(
        errors.map((error) => error.field),
        ["order_ledger_id", "user_id", "currency", "items", "total_amount_cents", "x"]
      )
      assert.strictEqual((yield* send("PUT", "/orders/1/cancel")).status, 400)
      assert.strictEqual((yield* send("PUT", `/orders/${makeOrderId()}/cancel?epoch=-1`)).status, 400)
      const nul = ledgerEntry()
      const items = nul.items.map((item) => ({ ...item, sku: "a\u0000" }))
      assert.strictEqual((yield* send("POST", "/orders", { ...nul, items })).status, 400)
    })
  )

  it.effect("do not let one organization see or move the order of another", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const stranger = yield* client()
      const entry = ledgerEntry()
      yield* send("POST", "/orders", entry)
      const path = `/orders/${entry.order_ledger_id}`
      assert.strictEqual((yield* stranger.send("GET", path)).status, 404)
      assert.strictEqual((yield* stranger.send("PUT", `${path}/confirm`)).status, 404)
      assert.strictEqual((yield* stranger.send("PUT", `${path}/cancel`)).status, 404)
      assert.strictEqual((yield* send("GET", path)).body["status"], "PENDING")
    })
  )
})

import { assert } from "@effect/vitest"
import { makeOrderId, OrderId } from "@valerix/money-and-ids"
import { Effect, Schema } from "effect"
import { promises } from "../../support/Bench.ts"
import { type Answer, httpEdge, SHORT_FORM } from "../../support/HttpEdge.ts"
import { ended, orchestrator } from "../../support/Orchestrator.ts"
import { Participants } from "../../support/Participants.ts"
import { MUG, makeKey } from "../../support/Samples.ts"
import { before } from "../../support/Script.ts"

const idOf = ({ json }: Answer) => Schema.decodeUnknownSync(OrderId)(json["id"] ?? json["order_id"])
/** Long enough on a machine that is busy with other things; an answer does not wait longer than it has to. */
const PATIENT = { prefer: "wait=10" }

promises("orders in their shortest form", (promise) => {
  promise("answers 201 with the order once it is confirmed, and shows it", () =>
    Effect.gen(function* () {
      const { sendShort } = yield* httpEdge
      yield* orchestrator()
      const placed = yield* sendShort("POST", "/orders", { body: SHORT_FORM, headers: PATIENT })
      assert.strictEqual(placed.status, 201, JSON.stringify(placed.json))
      const id = idOf(placed)
      assert.strictEqual(placed.headers.get("location"), `/orders/${id}`)
      const { created_at, updated_at, ...rest } = placed.json
      assert.deepStrictEqual(rest, {
        id,
        product_id: "MUG-1",
        quantity: 3,
        status: "CONFIRMED",
        message: "Order confirmed",
        total: { amount: "59.97", currency: "EUR" }
      })
      for (const time of [created_at, updated_at]) assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/)
      assert.deepStrictEqual((yield* sendShort("GET", `/orders/${id}`)).json, placed.json)
    })
  )

  promise("answers 202 as being processed when the order is not done in time", () =>
    Effect.gen(function* () {
      const { sendShort } = yield* httpEdge
      const placed = yield* sendShort("POST", "/orders", { body: SHORT_FORM, headers: { prefer: "wait=0" } })
      assert.strictEqual(placed.status, 202)
      assert.deepInclude(placed.json, { status: "PENDING", message: "Order is being processed" })
    })
  )

  promise("waits about as long as a participant may take by itself, and tells which one was too slow", () =>
    Effect.gen(function* () {
      const { inventory } = yield* Participants
      inventory.script.always("reserve", before("unavailable"))
      const { send, sendShort } = yield* httpEdge
      yield* orchestrator()
      const startedAt = performance.now()
      const placed = yield* sendShort("POST", "/orders", { body: SHORT_FORM })
      assert.isAtLeast(performance.now() - startedAt, 2_000)
      assert.strictEqual(placed.status, 202)
      assert.deepInclude(placed.json, { status: "PENDING_INVENTORY", message: "Order is being processed" })
      const listed = yield* sendShort("GET", "/orders?status=PENDING_INVENTORY")
      assert.deepStrictEqual(listed.json, { data: [placed.json], next_cursor: null })
      const publicly = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ id: OrderId })))(
        (yield* send("GET", "/orders?status=PENDING_INVENTORY")).json["data"]
      )
      assert.deepStrictEqual(publicly, [{ id: idOf(placed) }])
      assert.deepStrictEqual((yield* send("GET", "/orders?status=PENDING_PAYMENT")).json["data"], [])
    })
  )

  promise("makes a new order of every request without a key, and one of all that have the same", () =>
    Effect.gen(function* () {
      const { sendShort } = yield* httpEdge
      const place = (headers: Record<string, string>) =>
        Effect.map(sendShort("POST", "/orders", { body: SHORT_FORM, headers: { prefer: "wait=0", ...headers } }), idOf)
      const key = { "idempotency-key": makeKey() }
      const ids = [yield* place({}), yield* place({}), yield* place(key), yield* place(key)]
      assert.strictEqual(new Set(ids).size, 3)
      assert.strictEqual(ids[2], ids[3])
      const listed = yield* sendShort("GET", "/orders?limit=2")
      const rows = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ id: OrderId })))(listed.json["data"])
      assert.deepStrictEqual(
        rows.map(({ id }) => id),
        [ids[2], ids[1]]
      )
      const rest = yield* sendShort("GET", `/orders?limit=2&cursor=${listed.json["next_cursor"]}`)
      assert.deepInclude(rest.json, { next_cursor: null })
    })
  )

  promise("answers 409 when there is too little stock, and shows the order as failed", () =>
    Effect.gen(function* () {
      const { inventory } = yield* Participants
      inventory.available.set(MUG.productId, 2)
      const { sendShort } = yield* httpEdge
      yield* orchestrator()
      const refused = yield* sendShort("POST", "/orders", { body: SHORT_FORM, headers: PATIENT })
      assert.strictEqual(refused.status, 409)
      assert.deepInclude(refused.json, { code: "insufficient_stock", requested: 3, available: 2 })
      const id = idOf(refused)
      yield* ended(id)
      assert.deepInclude((yield* sendShort("GET", `/orders/${id}`)).json, { status: "FAILED", quantity: 3 })
    })
  )

  promise("answers 400 for bad input, with every field at fault, and writes nothing", () =>
    Effect.gen(function* () {
      const { sendShort } = yield* httpEdge
      const bad: ReadonlyArray<readonly [body: unknown, fields: ReadonlyArray<string>]> = [
        [{ quantity: 0 }, ["product_id", "quantity"]],
        [{ product_id: "MUG-1", quantity: 1.5 }, ["quantity"]],
        [{ product_id: "NOTHING", quantity: 1 }, ["product_id"]],
        [{ ...SHORT_FORM, items: [] }, ["items"]]
      ]
      for (const [body, fields] of bad) {
        const refused = yield* sendShort("POST", "/orders", { body })
        assert.strictEqual(refused.status, 400)
        const errors = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ field: Schema.String })))(
          refused.json["errors"]
        )
        assert.deepStrictEqual(errors.map(({ field }) => field).toSorted(), fields)
      }
      const key = yield* sendShort("POST", "/orders", { body: SHORT_FORM, headers: { "idempotency-key": "two words" } })
      assert.deepStrictEqual([key.status, key.json["code"]], [400, "missing_idempotency_key"])
      assert.deepStrictEqual((yield* sendShort("GET", "/orders")).json["data"], [])
    })
  )

  promise("shows an order of several products without saying that it is of one", () =>
    Effect.gen(function* () {
      const { place, sendShort } = yield* httpEdge
      const items = ["MUG-1", "PEN-1"].map((sku) => ({ sku, quantity: 1 }))
      const payment = { method: "card", token: "tok_good" }
      const placed = yield* place({
        body: { customer_id: "01900000-0000-7000-8000-00000000c001", items, payment }
      })
      const shown = yield* sendShort("GET", `/orders/${idOf(placed)}`)
      assert.deepInclude(shown.json, { product_id: null, quantity: null, status: "PENDING" })
    })
  )

  promise("answers 404 for an order that is not there", () =>
    Effect.gen(function* () {
      const { sendShort } = yield* httpEdge
      const nobody = yield* sendShort("GET", `/orders/${makeOrderId()}`)
      assert.deepStrictEqual([nobody.status, nobody.json["code"]], [404, "not_found"])
    })
  )
})

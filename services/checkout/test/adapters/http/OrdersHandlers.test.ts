import { assert } from "@effect/vitest"
import { MinorUnits, makeOrderId, OrderId } from "@valerix/money-and-ids"
import { Effect, Fiber, Schema } from "effect"
import { promises } from "../../support/Bench.ts"
import { allOrders, orderOfKey } from "../../support/Books.ts"
import { type Answer, httpEdge, SHORT_FORM } from "../../support/HttpEdge.ts"
import { ended, orchestrator } from "../../support/Orchestrator.ts"
import { Participants } from "../../support/Participants.ts"
import { MUG, makeKey, makeOrganization, PEN } from "../../support/Samples.ts"
import { before, Gate } from "../../support/Script.ts"
import { DECLINED_TOKEN } from "../../support/ScriptedPayments.ts"
import { until } from "../../support/Until.ts"

const CUSTOMER = "01900000-0000-7000-8000-00000000c001"
const LONG_FORM = {
  customer_id: CUSTOMER,
  email: "ada@example.com",
  items: [
    { product_id: MUG.productId, quantity: 3 },
    { sku: "PEN-1", quantity: 1 }
  ],
  adjustments: [{ kind: "SHIPPING", amount: { amount: "4.95", currency: "EUR" }, description: "Parcel" }],
  payment: { method: "card", token: "tok_good" },
  metadata: { channel: "web" }
}
const DECLINED = { ...LONG_FORM, payment: { method: "card", token: DECLINED_TOKEN } }

const idOf = ({ json }: Answer) => Schema.decodeUnknownSync(OrderId)(json["id"] ?? json["order_id"])
const isReplay = ({ headers }: Answer) => headers.get("idempotency-replayed") === "true"
const fieldsOf = ({ json }: Answer): ReadonlyArray<string> => {
  const errors = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ field: Schema.String })))(json["errors"])
  return errors.map(({ field }) => field)
}
/** A problem without what is of one request only. */
const problemOf = ({ json, status }: Answer): Readonly<Record<string, unknown>> => {
  const { correlation_id: _, ...rest } = json
  return { ...rest, status }
}

promises("the door to orders", (promise) => {
  promise("answers 202 with the order once it is accepted", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const answer = yield* place({ body: LONG_FORM })
      assert.strictEqual(answer.status, 202)
      assert.isFalse(isReplay(answer))
      const id = idOf(answer)
      assert.strictEqual(answer.headers.get("location"), `/api/v1/orders/${id}`)
      assert.deepInclude(answer.json, {
        status: "PENDING",
        ledger_status: "AUTHORIZED",
        message: "Order received, processing",
        customer_id: CUSTOMER,
        total: { amount: "69.92", currency: "EUR" }
      })
      const read = yield* send("GET", `/orders/${id}`)
      assert.strictEqual(read.status, 200)
      assert.deepStrictEqual({ ...read.json, updated_at: answer.json["updated_at"] }, answer.json)
    })
  )

  promise("takes the short form of one product and its quantity", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      const answer = yield* place({ body: SHORT_FORM })
      assert.strictEqual(answer.status, 202)
      assert.deepInclude(answer.json, { total: { amount: "59.97", currency: "EUR" } })
    })
  )

  promise("replays an order that is under way: 202, and says that it is a replay", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      const key = makeKey()
      const first = yield* place({ key })
      const again = yield* place({ key })
      assert.strictEqual(again.status, 202)
      assert.isTrue(isReplay(again))
      assert.strictEqual(idOf(again), idOf(first))
      assert.strictEqual((yield* allOrders).length, 1)
    })
  )

  promise("recognizes the same request whatever the order of its keys", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      const key = makeKey()
      yield* place({ key, body: LONG_FORM })
      const turned = Object.fromEntries(Object.entries(LONG_FORM).reverse())
      assert.strictEqual((yield* place({ key, body: turned })).status, 202)
      assert.strictEqual((yield* allOrders).length, 1)
    })
  )

  promise("replays an order that is confirmed: 201", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      const key = makeKey()
      const id = idOf(yield* place({ key }))
      yield* orchestrator()
      yield* ended(id)
      const again = yield* place({ key })
      assert.strictEqual(again.status, 201)
      assert.isTrue(isReplay(again))
      assert.deepInclude(again.json, { id, status: "CONFIRMED" })
    })
  )

  promise("replays an order that failed: its stored problem", () =>
    Effect.gen(function* () {
      const { inventory } = yield* Participants
      inventory.available.set(MUG.productId, 1)
      const { place } = yield* httpEdge
      const key = makeKey()
      const id = idOf(yield* place({ key }))
      yield* orchestrator()
      yield* ended(id)
      const again = yield* place({ key })
      assert.isTrue(isReplay(again))
      assert.deepInclude(problemOf(again), {
        status: 409,
        code: "insufficient_stock",
        order_id: id,
        requested: 3,
        available: 1,
        product_id: MUG.productId
      })
      assert.deepStrictEqual(problemOf(yield* place({ key })), problemOf(again))
    })
  )

  promise("answers a declined payment 402, finally, and replays it", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const { place } = yield* httpEdge
      const key = makeKey()
      const first = yield* place({ key, body: DECLINED })
      assert.deepInclude(problemOf(first), {
        status: 402,
        code: "payment_declined",
        decline_code: "insufficient_funds",
        is_retryable: false,
        detail: "Not enough money."
      })
      assert.isFalse(isReplay(first))
      const again = yield* place({ key, body: DECLINED })
      assert.deepStrictEqual(problemOf(again), problemOf(first))
      assert.isTrue(isReplay(again))
      assert.strictEqual(payments.script.callsOf("authorize").length, 1)
    })
  )

  promise("answers another body under the same key 422", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      const key = makeKey()
      yield* place({ key })
      const other = yield* place({ key, body: { ...SHORT_FORM, quantity: 4 } })
      assert.deepInclude(problemOf(other), { status: 422, code: "idempotency_key_reused" })
      assert.isFalse(isReplay(other))
    })
  )

  promise("answers 409 and when to come back, while an edge holds the lease", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("authorize", before(gate))
      // The batch that holds the lease is another edge's.
      const [first, second] = [yield* httpEdge, yield* httpEdge]
      const key = makeKey()
      const running = yield* Effect.forkScoped(first.place({ key }))
      yield* gate.reached
      const answer = yield* second.place({ key, by: first.organizationId })
      assert.deepInclude(problemOf(answer), { status: 409, code: "request_in_progress" })
      assert.isAbove(Number(answer.headers.get("retry-after")), 0)
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(running)).status, 202)
    })
  )

  promise(
    "answers 503 and when to come back, when the provider gives no answer, and accepts the same request then",
    () =>
      Effect.gen(function* () {
        const { payments } = yield* Participants
        payments.script.plan("authorize", before("unavailable"))
        const { place, send } = yield* httpEdge
        const key = makeKey()
        const answer = yield* place({ key })
        assert.deepInclude(problemOf(answer), { status: 503, code: "gateway_error", is_retryable: true })
        assert.isAbove(Number(answer.headers.get("retry-after")), 0)
        const seen = yield* send("GET", `/orders/${yield* orderOfKey(key)}`)
        assert.deepInclude(seen.json, {
          status: "PENDING",
          message: "Not authorized; send the same request again"
        })
        const again = yield* place({ key })
        assert.strictEqual(again.status, 202)
        assert.isFalse(isReplay(again))
      })
  )

  promise("answers 503 and when to come back, when inventory does not know a product now", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      catalogue.onChanges = "dies"
      catalogue.onFind = "dies"
      const { place } = yield* httpEdge
      const answer = yield* place()
      assert.deepInclude(problemOf(answer), { status: 503, is_retryable: true })
      assert.isAbove(Number(answer.headers.get("retry-after")), 0)
    })
  )

  promise("answers 503 when too many wait", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const gate = new Gate()
      const { place } = yield* httpEdge
      yield* place()
      payments.script.plan("authorize", before(gate))
      const running = yield* Effect.forkScoped(place())
      yield* gate.reached
      const answers: Array<Answer> = []
      const one = Effect.tap(place(), (answer) => Effect.sync(() => answers.push(answer)))
      const three = yield* Effect.forkScoped(Effect.all([one, one, one], { concurrency: "unbounded" }))
      // One has a place to wait.
      yield* until(
        "two are refused",
        Effect.sync(() => answers.length),
        (count) => count === 2
      )
      for (const answer of answers) {
        assert.deepInclude(problemOf(answer), { status: 503, code: "overloaded" })
        assert.isAbove(Number(answer.headers.get("retry-after")), 0)
      }
      assert.strictEqual((yield* allOrders).length, 2)
      yield* gate.open
      yield* Fiber.join(three)
      assert.deepStrictEqual([(yield* Fiber.join(running)).status, answers[2]?.status], [202, 202])
    })
  )

  promise("waits as long as it is asked to, and answers 201 when the order is confirmed", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      yield* orchestrator()
      const answer = yield* place({ headers: { prefer: "wait=10" } })
      assert.strictEqual(answer.status, 201)
      assert.deepInclude(answer.json, { status: "CONFIRMED", message: "Order confirmed" })
    })
  )

  promise("waits as long as it is asked to, and answers the problem when the order has failed", () =>
    Effect.gen(function* () {
      const { inventory } = yield* Participants
      inventory.available.set(MUG.productId, 0)
      const { place } = yield* httpEdge
      yield* orchestrator()
      const answer = yield* place({ headers: { prefer: "wait=10" } })
      assert.deepInclude(problemOf(answer), { status: 409, code: "insufficient_stock" })
      assert.isFalse(isReplay(answer))
    })
  )

  promise("answers 202 when the time was not enough", () =>
    Effect.gen(function* () {
      const { inventory } = yield* Participants
      const gate = new Gate()
      inventory.script.plan("reserve", before(gate))
      const { place, send } = yield* httpEdge
      yield* orchestrator()
      const key = makeKey()
      const placing = yield* Effect.forkScoped(place({ key, headers: { prefer: "wait=1" } }))
      yield* gate.reached
      const answer = yield* Fiber.join(placing)
      assert.strictEqual(answer.status, 202)
      assert.deepInclude(answer.json, { status: "PENDING", message: "Order is being processed" })
      yield* gate.open
      const again = yield* place({ key, headers: { prefer: "wait=10" } })
      assert.strictEqual(again.status, 201)
      assert.isTrue(isReplay(again))
      assert.strictEqual((yield* send("GET", `/orders/${idOf(again)}`)).json["status"], "CONFIRMED")
    })
  )

  for (const [what, key] of [
    ["missing", undefined],
    ["empty", ""],
    ["of 256 characters", "k".repeat(256)],
    ["with a space", "a b"]
  ] as const) {
    promise(`refuses an idempotency key that is ${what}`, () =>
      Effect.gen(function* () {
        const { send } = yield* httpEdge
        const headers = key === undefined ? {} : { "idempotency-key": key }
        const answer = yield* send("POST", "/orders", { body: SHORT_FORM, headers })
        assert.deepInclude(problemOf(answer), { status: 400, code: "missing_idempotency_key" })
        assert.deepStrictEqual(yield* allOrders, [])
      })
    )
  }

  promise("names all that is wrong with a body at once, and changes nothing", () =>
    Effect.gen(function* () {
      const { place } = yield* httpEdge
      const answer = yield* place({
        body: { ...LONG_FORM, email: "nobody", items: [{ sku: "MUG-1", quantity: 0 }, { quantity: 1 }], payment: {} }
      })
      assert.strictEqual(answer.status, 400)
      assert.includeMembers([...fieldsOf(answer)], ["email", "items[0].quantity", "items[1].product_id"])
      assert.deepStrictEqual(yield* allOrders, [])
    })
  )

  for (const [what, body, fields] of [
    ["by a SKU under product_id, in the short form", { product_id: "NONE", quantity: 1 }, ["product_id"]],
    ["by an id, in the short form", { product_id: makeOrderId(), quantity: 1 }, ["product_id"]],
    [
      "in the lines of the long form",
      {
        ...LONG_FORM,
        items: [
          { product_id: "NONE", quantity: 1 },
          { sku: "NEITHER", quantity: 1 },
          { sku: "PEN-1", quantity: 1 }
        ]
      },
      ["items[0].product_id", "items[1].sku"]
    ]
  ] as const) {
    promise(`names a product that is not there as the request does: ${what}`, () =>
      Effect.gen(function* () {
        const { place } = yield* httpEdge
        const answer = yield* place({ body })
        assert.deepInclude(problemOf(answer), { status: 422, code: "order_not_acceptable" })
        assert.deepStrictEqual(fieldsOf(answer), fields)
        assert.deepStrictEqual(yield* allOrders, [])
      })
    )
  }

  promise("names the quantity of the short form when it comes to too much", () =>
    Effect.gen(function* () {
      const { catalogue } = yield* Participants
      const { organizationId, place } = yield* httpEdge
      catalogue.offer(organizationId, {
        productId: PEN.productId,
        sku: "DEAR",
        priceMinor: MinorUnits.make(9_999_999_999_999)
      })
      const answer = yield* place({ body: { product_id: "DEAR", quantity: 2 } })
      assert.strictEqual(answer.status, 422)
      assert.deepStrictEqual(fieldsOf(answer), ["quantity"])
    })
  )

  promise("cancels an order under way: 202, and 200 once it is cancelled", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const id = idOf(yield* place())
      const asked = yield* send("PUT", `/orders/${id}/cancel`)
      assert.strictEqual(asked.status, 202)
      assert.deepInclude(asked.json, { id, status: "PENDING", cancel_requested: true })
      yield* orchestrator()
      yield* ended(id)
      const again = yield* send("PUT", `/orders/${id}/cancel`)
      assert.strictEqual(again.status, 200)
      assert.deepInclude(again.json, { id, status: "FAILED" })
    })
  )

  promise("does not cancel what failed for another reason, and finds no order that is not there", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const id = idOf(yield* place({ body: DECLINED }))
      const late = yield* send("PUT", `/orders/${id}/cancel`)
      assert.deepInclude(problemOf(late), {
        status: 409,
        code: "invalid_status_transition",
        current_status: "AUTHORIZATION_FAILED"
      })
      assert.strictEqual((yield* send("PUT", `/orders/${makeOrderId()}/cancel`)).status, 404)
    })
  )

  promise("replays a cancelled order as cancelled", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const key = makeKey()
      const id = idOf(yield* place({ key }))
      yield* send("PUT", `/orders/${id}/cancel`)
      yield* orchestrator()
      yield* ended(id)
      const again = yield* place({ key })
      assert.deepInclude(problemOf(again), { status: 409, code: "order_cancelled", order_id: id })
      assert.isTrue(isReplay(again))
    })
  )

  promise("lists an organization's orders by status, page by page", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const ids = [yield* place(), yield* place(), yield* place()].map(idOf)
      const failed = idOf(yield* place({ body: DECLINED }))
      const Page = Schema.Struct({
        data: Schema.Array(Schema.Struct({ id: OrderId })),
        next_cursor: Schema.NullOr(Schema.String)
      })
      const list = (query: string) =>
        Effect.map(send("GET", `/orders?${query}`), ({ json }) => Schema.decodeUnknownSync(Page)(json))
      const first = yield* list("status=PENDING&limit=2")
      assert.deepStrictEqual(
        first.data.map(({ id }) => id),
        [ids[2], ids[1]]
      )
      const second = yield* list(`status=PENDING&limit=2&cursor=${first.next_cursor}`)
      assert.deepStrictEqual(second, { data: [{ id: ids[0] ?? failed }], next_cursor: null })
      assert.deepStrictEqual((yield* list("status=FAILED")).data, [{ id: failed }])
      assert.deepStrictEqual((yield* list("status=CONFIRMED")).data, [])
      assert.strictEqual((yield* list(`customer_id=${CUSTOMER}`)).data.length, 1)
    })
  )

  promise("shows every attempt of an order", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const id = idOf(yield* place())
      yield* orchestrator()
      yield* ended(id)
      const { json } = yield* send("GET", `/orders/${id}/timeline`)
      const steps = Schema.decodeUnknownSync(
        Schema.Array(Schema.Struct({ step: Schema.String, outcome: Schema.String, attempt: Schema.Int }))
      )(json["data"])
      assert.deepStrictEqual(
        steps.map(({ attempt, outcome, step }) => `${step} ${attempt} ${outcome}`),
        ["authorize 1 DONE", "create 1 DONE", "reserve 1 DONE", "capture 1 DONE", "confirm 1 DONE"]
      )
    })
  )

  promise("shows no organization another's orders", () =>
    Effect.gen(function* () {
      const { place, send } = yield* httpEdge
      const id = idOf(yield* place())
      const by = makeOrganization()
      for (const path of [`/orders/${id}`, `/orders/${id}/timeline`]) {
        assert.strictEqual((yield* send("GET", path, { by })).status, 404)
      }
      assert.strictEqual((yield* send("PUT", `/orders/${id}/cancel`, { by })).status, 404)
      assert.deepStrictEqual((yield* send("GET", "/orders", { by })).json["data"], [])
    })
  )
})

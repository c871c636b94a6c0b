import { assert, layer } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { OrdersCommands } from "../../../src/contract/index.ts"
import { commandFor, sampleOrder } from "../../SampleOrders.ts"
import { client, layerOrdersServer, problemOf } from "./Server.ts"

const PATH = "/api/v1/sales-orders"
const eur = (amount: string) => ({ amount, currency: "EUR" })
const idsOf = (body: Readonly<Record<string, unknown>>) =>
  Array.isArray(body["data"]) ? body["data"].map((order) => order.order_id) : []

layer(layerOrdersServer, { excludeTestServices: true })("the sales orders of the public API", (it) => {
  it.effect("are shown with their lines and adjustments", () =>
    Effect.gen(function* () {
      const { organization, send } = yield* client()
      const { confirm, create } = yield* OrdersCommands
      const order = sampleOrder({ organizationId: organization })
      yield* create([order])
      yield* confirm([commandFor(order)])
      const { body, status } = yield* send("GET", `${PATH}/${order.orderId}`)
      assert.strictEqual(status, 200)
      assert.match(String(body["so_number"]), /^SO-\d{8}$/)
      assert.deepInclude(body, {
        order_id: order.orderId,
        customer_id: order.customerId,
        status: "CONFIRMED",
        total: eur("69.92"),
        external_reference: "web-42",
        correlation_id: "req-1",
        shipping_address: { city: "Lisbon", country: "PT" },
        adjustments: [{ kind: "SHIPPING", amount: eur("4.95"), description: "Parcel" }],
        lines: [
          {
            line_number: 1,
            product_id: order.lines[0]?.productId,
            sku: "MUG-1",
            quantity: 3,
            unit_price: eur("19.99"),
            line_total: eur("59.97")
          },
          {
            line_number: 2,
            product_id: order.lines[1]?.productId,
            sku: "PEN-1",
            quantity: 1,
            unit_price: eur("5.00"),
            line_total: eur("5.00")
          }
        ]
      })
      assert.isTrue(Date.parse(String(body["confirmed_at"])) >= Date.parse(String(body["created_at"])))
      assert.notProperty(body, "cancelled_at")
    })
  )

  it.effect("answer 404 when they are not there, or are another organization's", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const { create } = yield* OrdersCommands
      const foreign = sampleOrder()
      yield* create([foreign])
      for (const orderId of [makeOrderId(), foreign.orderId]) {
        const answer = yield* send("GET", `${PATH}/${orderId}`)
        assert.deepStrictEqual(problemOf(answer), { status: 404, code: "not_found", order_id: orderId })
      }
      assert.strictEqual((yield* send("GET", `${PATH}/1`)).status, 400)
      assert.deepStrictEqual((yield* send("GET", PATH)).body, { data: [], next_cursor: null })
    })
  )

  it.effect("are listed by status, customer and time", () =>
    Effect.gen(function* () {
      const { organization, send } = yield* client()
      const { cancel, create } = yield* OrdersCommands
      const sample = () => sampleOrder({ organizationId: organization })
      const [first, second, third] = [sample(), sample(), sample()]
      for (const order of [first, second, third]) yield* create([order])
      yield* cancel([commandFor(second)])
      const list = Effect.fnUntraced(function* (query: string) {
        const answer = yield* send("GET", `${PATH}?${query}`)
        assert.strictEqual(answer.status, 200)
        return idsOf(answer.body)
      })
      assert.sameMembers(yield* list(""), [first.orderId, second.orderId, third.orderId])
      assert.deepStrictEqual(yield* list("status=CANCELLED"), [second.orderId])
      assert.deepStrictEqual(yield* list(`customer_id=${third.customerId}`), [third.orderId])
      assert.deepStrictEqual(yield* list(`customer_id=${third.customerId}&status=CANCELLED`), [])
      const { created_at: createdAt } = (yield* send("GET", `${PATH}/${second.orderId}`)).body
      const at = encodeURIComponent(String(createdAt))
      assert.include(yield* list(`from=${at}`), second.orderId)
      assert.notInclude(yield* list(`to=${at}`), second.orderId)
      assert.deepStrictEqual(yield* list("to=2001-01-01T00:00:00%2B02:00"), [])
    })
  )

  it.effect("refuse a filter that is not one", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      for (const query of [
        "status=SHIPPED",
        "customer_id=7",
        "from=yesterday",
        "to=2026-01-31",
        "to=2026-13-31T00:00:00Z",
        "limit=0",
        "limit=101",
        "cursor=abc",
        ...["-271821-04-20T00:00:00.000Z", "+275760-09-13T00:00:00.000Z", "-000001-01-01T00:00:00.000Z", "1"].map(
          (at) =>
            `cursor=${Buffer.from(JSON.stringify([at, "01900000-0000-7000-8000-00000000000a"])).toString("base64url")}`
        ),
        "colour=red"
      ]) {
        const refused = problemOf(yield* send("GET", `${PATH}?${query}`))
        assert.deepInclude(refused, { status: 400, code: "validation_error" }, query)
      }
    })
  )

  it.effect("come in pages, newest first, without gaps or repeats while orders are added", () =>
    Effect.gen(function* () {
      const { organization, send } = yield* client()
      const { create } = yield* OrdersCommands
      const add = (count: number) => {
        const orders = Array.from({ length: count }, () => sampleOrder({ organizationId: organization }))
        return Effect.as(create(orders), orders)
      }
      // Orders of one vector have the same time, so the id decides among them.
      const before = [...(yield* add(7)), ...(yield* add(1)), ...(yield* add(5))].map(({ orderId }) => orderId)
      const seen: Array<string> = []
      let cursor: unknown = ""
      while (cursor !== null) {
        const page = yield* send("GET", `${PATH}?limit=3${cursor === "" ? "" : `&cursor=${String(cursor)}`}`)
        seen.push(...idsOf(page.body))
        cursor = page.body["next_cursor"]
        yield* add(2)
      }
      assert.strictEqual(new Set(seen).size, seen.length)
      assert.sameMembers(seen, before)
      const whole = idsOf((yield* send("GET", `${PATH}?limit=100`)).body)
      assert.deepStrictEqual(seen, whole.slice(whole.length - before.length))
    })
  )
})

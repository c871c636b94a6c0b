import { assert } from "@effect/vitest"
import { openApiOf } from "@valerix/http"
import { Contract } from "@valerix/testing/contract"
import { Effect, Schema } from "effect"
import type { OpenApi } from "effect/http-api"
import { InventoryServiceApi, OrderServiceApi, PaymentServiceApi } from "../../../src/ShortApis.ts"
import { makeTestClient } from "../../support/TestClient.ts"

/** Where the doors of a program are. */
export type Doors = Readonly<Record<"public" | "orders" | "inventory" | "payments", string>>

const ALONE = { product_id: "PROD-001", quantity: 1 }
const TOO_MANY = { product_id: "PROD-001", quantity: 900_000 }
const NOBODY = "01900000-0000-7000-8000-0000000000ff"
/** One in ten is declined: that none of so many is happens once in a thousand million times. */
const TRIES_MAX = 200

const bodyOf = (answer: { readonly body: unknown }) => Schema.decodeUnknownSync(Body)(answer.body)
const Body = Schema.Record(Schema.String, Schema.Unknown)

/** Holds answers of the short doors against their descriptions, which are the ones that they give. */
export const answersAsDescribed = Effect.fnUntraced(function* (doors: Doors) {
  const described = Effect.fnUntraced(function* (url: string, document: OpenApi.OpenAPISpec) {
    const { call } = makeTestClient(url)
    assert.deepStrictEqual((yield* call("GET", "/openapi.json")).body, JSON.parse(JSON.stringify(document)))
    const contract = new Contract(document)
    return Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
      const answer = yield* call(method, path, body === undefined ? {} : { body })
      const contentType = answer.headers.get("content-type")
      return { answer, name: contract.nameOf({ method, path, status: answer.status, contentType, body: answer.body }) }
    })
  })

  const orders = yield* described(doors.orders, openApiOf(OrderServiceApi))
  const placed = yield* orders("POST", "/orders", ALONE)
  assert.match(placed.name, /^POST \/orders (201|202|402 payment_declined)$/)
  const { id, order_id } = bodyOf(placed.answer)
  assert.strictEqual((yield* orders("GET", `/orders/${id ?? order_id}`)).name, "GET /orders/{order_id} 200")
  assert.strictEqual((yield* orders("GET", `/orders/${NOBODY}`)).name, "GET /orders/{order_id} 404 not_found")
  assert.strictEqual((yield* orders("GET", "/orders?status=CONFIRMED")).name, "GET /orders 200")
  assert.strictEqual((yield* orders("POST", "/orders", {})).name, "POST /orders 400 validation_error")

  const inventory = yield* described(doors.inventory, openApiOf(InventoryServiceApi))
  const hold = { order_id: NOBODY, ...ALONE }
  assert.strictEqual((yield* inventory("GET", "/inventory")).name, "GET /inventory 200")
  assert.strictEqual((yield* inventory("GET", "/inventory/PROD-002")).name, "GET /inventory/{product_id} 200")
  for (const [verb, body, problem] of [
    ["reserve", { ...hold, product_id: "PROD-404" }, "404 product_not_found"],
    ["release", hold, "409 reservation_differs"],
    ["release", {}, "400 validation_error"]
  ] as const) {
    assert.strictEqual(
      (yield* inventory("POST", `/inventory/${verb}`, body)).name,
      `POST /inventory/${verb} ${problem}`
    )
  }

  const payments = yield* described(doors.payments, openApiOf(PaymentServiceApi))
  const paid = yield* payments("POST", "/payments", { order_id: "as-described", amount: "19.99" })
  assert.strictEqual(paid.name, "POST /payments 201")
  const shown = yield* payments("GET", `/payments/${bodyOf(paid.answer)["id"]}`)
  assert.strictEqual(shown.name, "GET /payments/{payment_id} 200")
  assert.deepStrictEqual(shown.answer.body, paid.answer.body)
  const unknown = yield* payments("GET", `/payments/${NOBODY}`)
  assert.strictEqual(unknown.name, "GET /payments/{payment_id} 404 payment_not_found")
  const refused = yield* payments("POST", "/payments", { order_id: "as-described", amount: 20 })
  assert.strictEqual(refused.name, "POST /payments 422 idempotency_key_reused")
})

/** Places orders until one is declined by chance, and sends that one again. */
export const declinesAgain = Effect.fnUntraced(function* (url: string) {
  const place = (key: number) =>
    makeTestClient(url).call("POST", "/orders", { body: TOO_MANY, headers: { "idempotency-key": `try-${key}` } })
  for (let key = 0; key < TRIES_MAX; key++) {
    const answer = yield* place(key)
    if (answer.status !== 402) continue
    const again = yield* place(key)
    assert.deepStrictEqual([again.status, again.headers.get("idempotency-replayed")], [402, "true"])
    assert.strictEqual(bodyOf(again)["order_id"], bodyOf(answer)["order_id"])
    return
  }
  assert.fail("nothing was declined")
})

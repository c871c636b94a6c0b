import { assert, layer } from "@effect/vitest"
import { makeProductId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { client, inventoryServer, problemOf } from "./Server.ts"

layer(inventoryServer(), { excludeTestServices: true })("the internal inventory API", (it) => {
  it.effect("reserves an order, and answers the same when it is asked again", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, send } = yield* client()
      const first = yield* createProduct(5)
      const second = yield* createProduct(5)
      const order_id = newOrderId()
      const items = [
        { product_id: first.productId, quantity: 1 },
        { product_id: second.productId, quantity: 2 },
        { product_id: first.productId, quantity: 1 }
      ]
      const reserved = yield* send("POST", "/inventory/reservations", { body: { order_id, items } })
      assert.strictEqual(reserved.status, 201)
      assert.deepInclude(reserved.body, { order_id, line_items_reserved: 2, total_quantity_reserved: 4 })
      assert.lengthOf(Array.isArray(reserved.body.reservation_ids) ? reserved.body.reservation_ids : [], 2)
      const again = yield* send("POST", "/inventory/reservations", { body: { order_id, items } })
      assert.deepStrictEqual([again.status, again.body], [201, reserved.body])
      const availability = yield* send("GET", `/inventory/products/${first.productId}/availability`)
      assert.deepInclude(availability.body, { stock_quantity: 5, available: 3 })
    })
  )

  it.effect("says what is missing: the product, or how much of it", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, send } = yield* client()
      const { productId, sku } = yield* createProduct(5)
      const reserve = (product_id: string, quantity: number) =>
        send("POST", "/inventory/reservations", {
          body: { order_id: newOrderId(), items: [{ product_id, quantity }] }
        })
      const unknown = makeProductId()
      assert.deepStrictEqual(problemOf(yield* reserve(unknown, 1)), {
        status: 404,
        isProblem: true,
        code: "product_not_found",
        product_id: unknown
      })
      assert.deepStrictEqual(problemOf(yield* reserve(productId, 6)), {
        status: 409,
        isProblem: true,
        code: "insufficient_stock",
        product_id: productId,
        product_sku: sku,
        requested: 6,
        available: 5
      })
    })
  )

  it.effect("releases what an order holds, always with 200, and the same when it is asked again", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, send } = yield* client()
      const { productId } = yield* createProduct(5)
      const order_id = newOrderId()
      const body = { order_id, items: [{ product_id: productId, quantity: 3 }] }
      yield* send("POST", "/inventory/reservations", { body })
      const path = `/inventory/reservations/${order_id}`
      const released = yield* send("DELETE", path)
      assert.strictEqual(released.status, 200)
      assert.deepInclude(released.body, { order_id, released_count: 1, total_quantity_restored: 3 })
      assert.deepStrictEqual((yield* send("DELETE", path)).body, released.body)
      const late = yield* send("POST", "/inventory/reservations", { body })
      assert.deepStrictEqual(problemOf(late), { status: 409, isProblem: true, code: "reservation_cancelled", order_id })
      const unknown = yield* send("DELETE", `/inventory/reservations/${newOrderId()}`)
      assert.strictEqual(unknown.status, 200)
      assert.deepInclude(unknown.body, { released_count: 0, total_quantity_restored: 0 })
    })
  )

  it.effect("lets an older epoch change nothing", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, send } = yield* client()
      const { productId } = yield* createProduct(5)
      const order_id = newOrderId()
      const body = { order_id, items: [{ product_id: productId, quantity: 3 }], epoch: 4 }
      yield* send("POST", "/inventory/reservations", { body })
      const stale = yield* send("DELETE", `/inventory/reservations/${order_id}?epoch=3`)
      assert.deepInclude(stale.body, { released_count: 0, total_quantity_restored: 0 })
      assert.match(String(stale.body.message), /newer epoch/)
      const current = yield* send("DELETE", `/inventory/reservations/${order_id}?epoch=4`)
      assert.deepInclude(current.body, { released_count: 1, total_quantity_restored: 3 })
    })
  )

  it.effect("sells exactly 50 of 50 to a hundred buyers at once", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, send } = yield* client()
      const { productId } = yield* createProduct(50)
      const answers = yield* Effect.forEach(
        Array.from({ length: 100 }),
        () =>
          send("POST", "/inventory/reservations", {
            body: { order_id: newOrderId(), items: [{ product_id: productId, quantity: 1 }] }
          }),
        { concurrency: "unbounded" }
      )
      const statuses = answers.map(({ status }) => status).toSorted()
      assert.deepStrictEqual(statuses, [...Array(50).fill(201), ...Array(50).fill(409)])
    })
  )

  it.effect("serves the public operations without a prefix, and keeps the commands away from the public paths", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, send } = yield* client()
      const { productId } = yield* createProduct(5)
      const unprefixed = yield* send("GET", `/inventory/products/${productId}`)
      const prefixed = yield* send("GET", `/api/v1/inventory/products/${productId}`)
      assert.deepStrictEqual(unprefixed.body, prefixed.body)
      const body = { order_id: newOrderId(), items: [{ product_id: productId, quantity: 1 }] }
      const hidden = yield* send("POST", "/api/v1/inventory/reservations", { body })
      assert.strictEqual(hidden.status, 404)
    })
  )
})

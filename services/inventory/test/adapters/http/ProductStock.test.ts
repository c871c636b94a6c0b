import { assert, layer } from "@effect/vitest"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Effect, Layer } from "effect"
import { layerDemoProducts } from "../../../src/Inventory.ts"
import { client, inventoryServer, problemOf } from "./Server.ts"

layer(inventoryServer(), { excludeTestServices: true })("stock in its shortest form", (it) => {
  /** A client, and the two things that it does here most. */
  const clerk = Effect.fnUntraced(function* () {
    const { createProduct, newOrderId, send } = yield* client()
    const ask =
      (verb: "reserve" | "release") =>
      (order_id: string, quantity: number, product_id = "PROD-001") =>
        send("POST", `/inventory/${verb}`, { body: { order_id, product_id, quantity } })
    return { createProduct, newOrderId, send, reserve: ask("reserve"), release: ask("release") }
  })
  const stock = (available: number, reserved: number) => ({ product_id: "PROD-001", stock: available, reserved })

  it.effect("is shown, reserved and released by SKU, each as often as it is asked for", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, release, reserve, send } = yield* clerk()
      yield* createProduct(100, "PROD-001")
      assert.deepStrictEqual((yield* send("GET", "/inventory/PROD-001")).body, stock(100, 0))
      const order = newOrderId()
      for (const _ of [1, 2]) {
        const { body, status } = yield* reserve(order, 2)
        assert.deepStrictEqual([status, body], [200, stock(98, 2)])
      }
      for (const _ of [1, 2]) {
        const { body, status } = yield* release(order, 2)
        assert.deepStrictEqual([status, body], [200, stock(100, 0)])
      }
      assert.deepInclude(problemOf(yield* reserve(order, 2)), { status: 409, code: "reservation_cancelled" })
    })
  )

  it.effect("is refused where there is too little of it, and where there is no such product", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, release, reserve, send } = yield* clerk()
      yield* createProduct(100, "PROD-001")
      assert.deepInclude(problemOf(yield* reserve(newOrderId(), 101)), {
        status: 409,
        code: "insufficient_stock",
        requested: 101,
        available: 100
      })
      const notFound = { status: 404, code: "product_not_found" }
      assert.deepInclude(problemOf(yield* send("GET", "/inventory/PROD-404")), notFound)
      assert.deepInclude(problemOf(yield* reserve(newOrderId(), 1, "PROD-404")), notFound)
      assert.deepInclude(problemOf(yield* release(newOrderId(), 1, "PROD-404")), notFound)
    })
  )

  it.effect("is not reserved a second time for something else: the answer says what the order holds", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, reserve, send } = yield* clerk()
      yield* createProduct(100, "PROD-001")
      yield* createProduct(50, "PROD-002")
      const order_id = newOrderId()
      yield* reserve(order_id, 2)
      const differs = {
        status: 409,
        isProblem: true,
        code: "reservation_differs",
        order_id,
        held: [{ product_id: "PROD-001", quantity: 2 }]
      }
      assert.deepStrictEqual(problemOf(yield* reserve(order_id, 3)), differs)
      assert.deepStrictEqual(problemOf(yield* reserve(order_id, 2, "PROD-002")), differs)
      assert.deepStrictEqual((yield* send("GET", "/inventory/PROD-001")).body, stock(98, 2))
      assert.deepInclude((yield* send("GET", "/inventory/PROD-002")).body, { stock: 50, reserved: 0 })
    })
  )

  it.effect(
    "is not released in another quantity than the order holds: the answer says what, and nothing is changed",
    () =>
      Effect.gen(function* () {
        const { createProduct, newOrderId, release, reserve, send } = yield* clerk()
        yield* createProduct(100, "PROD-001")
        yield* createProduct(50, "PROD-002")
        const order_id = newOrderId()
        yield* reserve(order_id, 5)
        for (const [quantity, sku] of [
          [4, "PROD-001"],
          [6, "PROD-001"],
          [5, "PROD-002"]
        ] as const) {
          assert.deepInclude(problemOf(yield* release(order_id, quantity, sku)), {
            status: 409,
            code: "reservation_differs",
            held: [{ product_id: "PROD-001", quantity: 5 }]
          })
        }
        assert.deepStrictEqual((yield* send("GET", "/inventory/PROD-001")).body, stock(95, 5))
        assert.strictEqual((yield* release(order_id, 5)).status, 200)
        const late = problemOf(yield* release(order_id, 4))
        assert.deepInclude(late, { status: 409, code: "reservation_differs", held: [] })
      })
  )

  it.effect("is not released of an order that holds none, which can still be reserved afterwards", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, release, reserve } = yield* clerk()
      yield* createProduct(100, "PROD-001")
      const order = newOrderId()
      assert.deepInclude(problemOf(yield* release(order, 1)), { status: 409, code: "reservation_differs", held: [] })
      assert.strictEqual((yield* reserve(order, 1)).status, 200)
    })
  )

  it.effect("is not released of an order of several products by naming one of them", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, release, send } = yield* clerk()
      const [one, two] = [yield* createProduct(100, "PROD-001"), yield* createProduct(50, "PROD-002")]
      const order_id = newOrderId()
      const items = [one, two].map(({ productId }) => ({ product_id: productId, quantity: 1 }))
      yield* send("POST", "/inventory/reservations", { body: { order_id, items } })
      const refused = yield* release(order_id, 1)
      assert.deepInclude(problemOf(refused), { status: 409, code: "reservation_differs" })
      assert.match(String(refused.body.detail), /1 of PROD-001.*1 of PROD-002/)
    })
  )

  it.effect("is not released of an order that its execution has in hand", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, release, send } = yield* clerk()
      const { productId } = yield* createProduct(100, "PROD-001")
      const order_id = newOrderId()
      const items = [{ product_id: productId, quantity: 1 }]
      yield* send("POST", "/inventory/reservations", { body: { order_id, items, epoch: 3 } })
      assert.deepInclude(problemOf(yield* release(order_id, 1)), { status: 409, code: "newer_epoch", order_id })
      assert.deepStrictEqual((yield* send("GET", "/inventory/PROD-001")).body, stock(99, 1))
    })
  )

  it.effect("is listed with name and price, newest first, page by page", () =>
    Effect.gen(function* () {
      const { createProduct, newOrderId, reserve, send } = yield* clerk()
      for (const [sku, count] of [
        ["PROD-001", 100],
        ["PROD-002", 0],
        ["PROD-003", 25]
      ] as const)
        yield* createProduct(count, sku)
      yield* reserve(newOrderId(), 4)
      const first = yield* send("GET", "/inventory?limit=2")
      const listed = (product_id: string, available: number, reserved = 0) => ({
        product_id,
        name: `Product ${product_id}`,
        price: { amount: "19.99", currency: "EUR" },
        stock: available,
        reserved
      })
      assert.deepStrictEqual(first.body.data, [listed("PROD-003", 25), listed("PROD-002", 0)])
      const second = yield* send("GET", `/inventory?limit=2&cursor=${first.body.next_cursor}`)
      assert.deepStrictEqual(second.body, { data: [listed("PROD-001", 96, 4)], next_cursor: null })
      assert.deepStrictEqual((yield* send("GET", "/inventory/products/PROD-003")).status, 200)
    })
  )

  it.effect("is there of the demo products, once, however often the program starts", () =>
    Effect.gen(function* () {
      const { send } = yield* client(DEMO_ORGANIZATION_ID)
      for (const _ of [1, 2]) yield* Layer.build(Layer.fresh(layerDemoProducts))
      const { body } = yield* send("GET", "/inventory")
      const price = { amount: "99.99", currency: "EUR" }
      assert.deepStrictEqual(body.data, [
        { product_id: "PROD-003", name: "Tea caddy", price, stock: 25, reserved: 0 },
        { product_id: "PROD-002", name: "Tea cup", price, stock: 50, reserved: 0 },
        { product_id: "PROD-001", name: "Tea pot", price, stock: 100, reserved: 0 }
      ])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { makeProductId, uuidV7 } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { client, inventoryServer, problemOf } from "./Server.ts"

const PRODUCTS = "/api/v1/inventory/products"
const price = { amount: "19.99", currency: "EUR" }

layer(inventoryServer(), { excludeTestServices: true })("the inventory API", (it) => {
  it.effect("creates a product with its initial stock", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const body = { sku: "85123A", name: " White hanging heart ", price, initial_stock: 7 }
      const created = yield* send("POST", PRODUCTS, { body })
      assert.strictEqual(created.status, 201)
      assert.deepInclude(created.body, { sku: "85123A", name: "White hanging heart", price, version: 1 })
      const { product_id } = created.body
      for (const named of [product_id, "85123A"]) {
        const found = yield* send("GET", `${PRODUCTS}/${named}`)
        assert.deepStrictEqual([found.status, found.body], [200, created.body])
        const availability = yield* send("GET", `${PRODUCTS}/${named}/availability`)
        assert.deepStrictEqual(availability.body, { product_id, sku: "85123A", stock_quantity: 7, available: 7 })
      }
    })
  )

  it.effect("takes the SKUs that shops use", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      for (const sku of ["POST", "gift_0001_10", "-", "_x", "A/4.2-b", "a".repeat(100), uuidV7()]) {
        const created = yield* send("POST", PRODUCTS, { body: { sku, name: "x", price } })
        assert.strictEqual(created.status, 201, sku)
        const listed = yield* send("GET", `${PRODUCTS}?sku=${encodeURIComponent(sku)}`)
        assert.deepStrictEqual(listed.body, { data: [created.body], next_cursor: null }, sku)
      }
      const slash = yield* send("GET", `${PRODUCTS}/${encodeURIComponent("A/4.2-b")}`)
      assert.deepInclude(slash.body, { sku: "A/4.2-b" })
    })
  )

  it.effect("names every field that is wrong, and creates nothing", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const wrong = { sku: "white space", name: "", price: { amount: "0.00", currency: "EUR" }, initial_stock: -1 }
      const refused = yield* send("POST", PRODUCTS, { body: wrong })
      assert.deepInclude(problemOf(refused), { status: 400, isProblem: true, code: "validation_error" })
      const fields = Array.isArray(refused.body.errors) ? refused.body.errors.map((error) => error.field) : []
      assert.sameMembers(fields, ["sku", "name", "price.amount", "initial_stock"])
      for (const body of [
        { sku: "X", name: "a\u0000b", price },
        { sku: "X", name: "n".repeat(256), price },
        { sku: "a".repeat(101), name: "x", price },
        { sku: "X", name: "x", price: { amount: "1.999", currency: "EUR" } },
        { sku: "X", name: "x", price: { amount: "1.99", currency: "XXX" } },
        { sku: "X", name: "x", price, initial_stock: 1.5 },
        { sku: "X", name: "x", price, stock: 1 }
      ]) {
        assert.strictEqual((yield* send("POST", PRODUCTS, { body })).status, 400, JSON.stringify(body))
      }
      assert.deepStrictEqual((yield* send("GET", PRODUCTS)).body, { data: [], next_cursor: null })
    })
  )

  it.effect("answers a SKU that is taken with the product that has it", () =>
    Effect.gen(function* () {
      const { createProduct, send } = yield* client()
      const { productId } = yield* createProduct(1, "TAKEN")
      const refused = yield* send("POST", PRODUCTS, { body: { sku: "TAKEN", name: "x", price } })
      assert.deepStrictEqual(problemOf(refused), {
        status: 409,
        isProblem: true,
        code: "duplicate_sku",
        product_id: productId
      })
    })
  )

  it.effect("changes name and price, and says which version that is", () =>
    Effect.gen(function* () {
      const { createProduct, send } = yield* client()
      const { productId } = yield* createProduct(0)
      const renamed = yield* send("PATCH", `${PRODUCTS}/${productId}`, { body: { name: "New" } })
      assert.strictEqual(renamed.status, 200)
      assert.deepInclude(renamed.body, { name: "New", price, version: 2 })
      const dearer = yield* send("PATCH", `${PRODUCTS}/${productId}`, {
        body: { price: { amount: "20.00", currency: "EUR" } }
      })
      assert.deepInclude(dearer.body, { name: "New", price: { amount: "20.00", currency: "EUR" }, version: 3 })
      assert.strictEqual((yield* send("PATCH", `${PRODUCTS}/${productId}`, { body: {} })).status, 400)
      assert.strictEqual((yield* send("PATCH", `${PRODUCTS}/${productId}`, { body: { sku: "Y" } })).status, 400)
      const unknown = yield* send("PATCH", `${PRODUCTS}/${makeProductId()}`, { body: { name: "New" } })
      assert.deepInclude(problemOf(unknown), { status: 404, code: "product_not_found" })
    })
  )

  it.effect("adds stock once per key, and answers a replay with the first numbers", () =>
    Effect.gen(function* () {
      const { createProduct, send } = yield* client()
      const { productId, sku } = yield* createProduct(10)
      const path = `${PRODUCTS}/${productId}/stock`
      const headers = { "idempotency-key": "delivery 1 / part ~" }
      const body = { quantity: 5, reason: "return_to_stock", reference_id: "RMA-1", notes: "unopened" }
      const added = yield* send("POST", path, { headers, body })
      assert.strictEqual(added.status, 200)
      assert.deepInclude(added.body, {
        product_id: productId,
        sku,
        previous_quantity: 10,
        added_quantity: 5,
        new_quantity: 15
      })
      yield* send("POST", path, { headers: { "idempotency-key": "delivery 2" }, body })
      const replay = yield* send("POST", path, { headers, body })
      assert.deepStrictEqual(problemOf(replay), {
        status: 409,
        isProblem: true,
        code: "duplicate_request",
        ...added.body
      })
      const reused = yield* send("POST", path, { headers, body: { ...body, quantity: 6 } })
      assert.deepStrictEqual(problemOf(reused), { status: 422, isProblem: true, code: "idempotency_key_reused" })
      const availability = yield* send("GET", `${PRODUCTS}/${productId}/availability`)
      assert.deepInclude(availability.body, { stock_quantity: 20, available: 20 })
    })
  )

  it.effect("wants a key, a positive quantity and a known reason to add stock", () =>
    Effect.gen(function* () {
      const { createProduct, send } = yield* client()
      const { productId } = yield* createProduct(0)
      const path = `${PRODUCTS}/${productId}/stock`
      const body = { quantity: 5, reason: "correction" }
      const keyless = yield* send("POST", path, { body })
      assert.deepInclude(problemOf(keyless), { status: 400, code: "validation_error" })
      assert.match(JSON.stringify(keyless.body.errors), /Idempotency-Key/)
      const key = { "idempotency-key": "k" }
      for (const [headers, wrong] of [
        [{ "idempotency-key": "k".repeat(256) }, body],
        [key, { ...body, quantity: 0 }],
        [key, { ...body, quantity: -5 }],
        [key, { ...body, quantity: 1.5 }],
        [key, { ...body, reason: "because" }],
        [key, { ...body, notes: "n".repeat(1_001) }]
      ] as const) {
        assert.strictEqual((yield* send("POST", path, { headers, body: wrong })).status, 400, JSON.stringify(wrong))
      }
      const unknown = yield* send("POST", `${PRODUCTS}/NO-SUCH-SKU/stock`, { headers: key, body })
      assert.deepInclude(problemOf(unknown), { status: 404, code: "product_not_found" })
    })
  )

  it.effect("pages through products, balances and transactions without gap or repetition", () =>
    Effect.gen(function* () {
      const { createProduct, send } = yield* client()
      const created: Array<string> = []
      for (let index = 0; index < 7; index++) created.push((yield* createProduct(index + 1)).productId)
      for (const [path, expected] of [
        [PRODUCTS, created.toReversed()],
        ["/api/v1/inventory/balances", created],
        ["/api/v1/inventory/transactions", created.toReversed()]
      ] as const) {
        const seen: Array<unknown> = []
        let cursor: unknown = ""
        do {
          const after: string = cursor === "" ? "" : `&cursor=${String(cursor)}`
          const page = yield* send("GET", `${path}?limit=3${after}`)
          assert.strictEqual(page.status, 200)
          const data = Array.isArray(page.body.data) ? page.body.data : []
          assert.isAtMost(data.length, 3)
          seen.push(...data.map((item) => item.product_id))
          cursor = page.body.next_cursor
        } while (cursor !== null)
        assert.deepStrictEqual(seen, expected, path)
      }
    })
  )

  it.effect("lists balances and transactions of one product, and transactions of one type", () =>
    Effect.gen(function* () {
      const { createProduct, send } = yield* client()
      const { productId, sku } = yield* createProduct(4)
      yield* createProduct(9)
      const body = { quantity: 2, reason: "correction", notes: "miscounted" }
      yield* send("POST", `${PRODUCTS}/${productId}/stock`, { headers: { "idempotency-key": "count" }, body })
      const balances = yield* send("GET", `/api/v1/inventory/balances?product_id=${productId}`)
      const [balance] = Array.isArray(balances.body.data) ? balances.body.data : []
      assert.deepInclude(balance, { product_id: productId, sku, on_hand: 6, reserved: 0, available: 6 })
      const listed = yield* send("GET", `/api/v1/inventory/transactions?product_id=${productId}`)
      const movements = Array.isArray(listed.body.data) ? listed.body.data : []
      assert.deepStrictEqual(
        movements.map(({ type, quantity, on_hand_after, notes }) => [type, quantity, on_hand_after, notes]),
        [
          ["adjustment", 2, 6, "miscounted"],
          ["receipt", 4, 4, "Initial stock"]
        ]
      )
      const receipts = yield* send("GET", "/api/v1/inventory/transactions?type=receipt")
      assert.lengthOf(Array.isArray(receipts.body.data) ? receipts.body.data : [], 2)
      assert.strictEqual((yield* send("GET", "/api/v1/inventory/transactions?type=theft")).status, 400)
    })
  )

  it.effect("shows nothing of another organization", () =>
    Effect.gen(function* () {
      const theirs = yield* client()
      const mine = yield* client()
      const { productId, sku } = yield* theirs.createProduct(5)
      for (const named of [productId, sku]) {
        assert.strictEqual((yield* mine.send("GET", `${PRODUCTS}/${named}`)).status, 404)
        assert.strictEqual((yield* mine.send("GET", `${PRODUCTS}/${named}/availability`)).status, 404)
      }
      for (const list of ["products", "balances", "transactions"]) {
        const { body } = yield* mine.send("GET", `/api/v1/inventory/${list}`)
        assert.deepStrictEqual(body, { data: [], next_cursor: null })
      }
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer, Schema } from "effect"
import { loadConfiguration } from "../src/Configuration.ts"
import { singleService } from "../src/SingleService.ts"
import { SINGLE_SERVICES, type SingleServiceName } from "../src/SingleServices.ts"
import { topologyOptions } from "../src/Topology.ts"
import { promisesKeptAtTheEnd } from "./support/PromisesKept.ts"
import { makeTestClient } from "./support/TestClient.ts"
import { freshDatabases, urlOf } from "./support/TestDatabases.ts"

/** The three services that run alone, each on a port of its own. */
class Alone extends Context.Service<Alone, (name: SingleServiceName) => ReturnType<typeof makeTestClient>>()(
  "@valerix/app/test/Alone"
) {}

const freePorts = ConfigProvider.layer(
  ConfigProvider.fromUnknown({ ORDERS_PORT: "0", INVENTORY_PORT: "0", PAYMENTS_PORT: "0" })
)

/** What these tests order was never accepted by checkout. */
const OF_ORDERS_UNKNOWN_TO_CHECKOUT = [
  "sales_order_without_order",
  "reservation_without_order",
  "payment_without_order"
]

const layerAlone = Layer.effect(
  Alone,
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const { databases } = yield* freshDatabases
    yield* promisesKeptAtTheEnd(databases, topologyOptions(configuration), OF_ORDERS_UNKNOWN_TO_CHECKOUT)
    const clients = new Map<SingleServiceName, ReturnType<typeof makeTestClient>>()
    for (const name of SINGLE_SERVICES) {
      const context = yield* Layer.build(singleService(name, configuration, databases))
      clients.set(name, makeTestClient(yield* urlOf(context)))
    }
    return (name) => {
      const client = clients.get(name)
      if (client === undefined) throw new Error(`${name} does not run`)
      return client
    }
  })
).pipe(Layer.provide(freePorts))

const ORDER = "01900000-0000-7000-8000-0000000000c1"
const CUSTOMER = "01900000-0000-7000-8000-0000000000aa"
const AuthorizationBody = Schema.Struct({ authorization_id: Schema.String })
const ProductBody = Schema.Struct({ product_id: Schema.String })

/** Inventory alone, as the profile s3 would have it. */
const layerSlowInventory = Layer.effect(
  Alone,
  Effect.gen(function* () {
    const configuration = yield* loadConfiguration
    const { databases } = yield* freshDatabases
    const context = yield* Layer.build(singleService("inventory", configuration, databases))
    const client = makeTestClient(yield* urlOf(context))
    return () => client
  })
).pipe(
  Layer.provide(
    ConfigProvider.layer(ConfigProvider.fromUnknown({ INVENTORY_PORT: "0", GREMLIN: "true", DEMO_PRODUCTS: "true" }))
  )
)

layer(layerSlowInventory, { excludeTestServices: true, timeout: "120 seconds" })(
  "inventory alone with a gremlin",
  (it) => {
    it.effect("has the demo products, is made slow by its own endpoints, and stays healthy", () =>
      Effect.gen(function* () {
        const inventory = (yield* Alone)("inventory")
        const latency = (body: unknown) => inventory.call("POST", "/gremlin/latency", { body })
        assert.deepInclude((yield* inventory.call("GET", "/inventory/PROD-003")).body, { stock: 25, reserved: 0 })
        assert.strictEqual((yield* latency({ enabled: true, delay_ms: 500 })).status, 200)
        for (const path of ["/inventory/PROD-003", "/api/v1/inventory/products"]) {
          const startedAt = performance.now()
          assert.strictEqual((yield* inventory.call("GET", path)).status, 200)
          assert.isAtLeast(performance.now() - startedAt, 499)
        }
        yield* latency({ enabled: true, delay_ms: 60_000 })
        assert.deepInclude((yield* inventory.call("GET", "/health")).body, { status: "healthy" })
        yield* latency({ enabled: false })
        assert.strictEqual((yield* inventory.call("GET", "/inventory/PROD-003")).status, 200)
      })
    )
  }
)

layer(layerAlone, { excludeTestServices: true, timeout: "120 seconds" })("a service that runs alone", (it) => {
  it.effect("tells its health in its own name", () =>
    Effect.gen(function* () {
      const alone = yield* Alone
      for (const name of SINGLE_SERVICES) {
        const health = yield* alone(name).call("GET", "/health")
        assert.strictEqual(health.status, 200)
        assert.deepInclude(health.body, { status: "healthy", service: `${name}-service` })
        assert.strictEqual((yield* alone(name).call("GET", "/gremlin/latency")).status, 404)
      }
    })
  )

  it.effect(
    "orders: creates an order from the ledger once, confirms and cancels it, each as often as it is asked",
    () =>
      Effect.gen(function* () {
        const orders = (yield* Alone)("orders")
        const body = {
          order_ledger_id: ORDER,
          user_id: CUSTOMER,
          currency: "EUR",
          items: [{ product_id: "01900000-0000-7000-8000-0000000000d1", quantity: 2, unit_price_cents: 500 }],
          total_amount_cents: 1_000
        }
        for (const _ of [1, 2]) {
          const created = yield* orders.call("POST", "/orders", { body })
          assert.strictEqual(created.status, 201, JSON.stringify(created.body))
          assert.deepInclude(created.body, { order_ledger_id: ORDER, status: "PENDING" })
        }
        for (const _ of [1, 2]) {
          assert.deepInclude((yield* orders.call("PUT", `/orders/${ORDER}/confirm`)).body, { status: "CONFIRMED" })
        }
        for (const _ of [1, 2]) {
          assert.deepInclude((yield* orders.call("PUT", `/orders/${ORDER}/cancel`)).body, { status: "CANCELLED" })
        }
        const late = yield* orders.call("PUT", `/orders/${ORDER}/confirm`)
        assert.strictEqual(late.status, 409)
      })
  )

  it.effect("inventory: adds stock once per key, reserves all or nothing, and releases", () =>
    Effect.gen(function* () {
      const inventory = (yield* Alone)("inventory")
      const made = yield* inventory.call("POST", "/inventory/products", {
        body: { sku: "ALONE", name: "Alone", price: { amount: "1.00", currency: "EUR" } }
      })
      assert.strictEqual(made.status, 201, JSON.stringify(made.body))
      const { product_id } = yield* Schema.decodeUnknownEffect(ProductBody)(made.body)
      const receive = () =>
        inventory.call("POST", `/inventory/products/${product_id}/stock`, {
          body: { quantity: 5, reason: "warehouse_receiving" },
          headers: { "idempotency-key": "delivery-1" }
        })
      const received = yield* receive()
      assert.strictEqual(received.status, 200, JSON.stringify(received.body))
      assert.deepInclude(received.body, { previous_quantity: 0, added_quantity: 5, new_quantity: 5 })
      assert.strictEqual((yield* receive()).status, 409)
      const reserve = (order_id: string, quantity: number) =>
        inventory.call("POST", "/inventory/reservations", { body: { order_id, items: [{ product_id, quantity }] } })
      assert.strictEqual((yield* reserve(ORDER, 4)).status, 201)
      const refused = yield* reserve("01900000-0000-7000-8000-0000000000c2", 2)
      assert.strictEqual(refused.status, 409)
      assert.deepInclude(refused.body, { code: "insufficient_stock", requested: 2, available: 1 })
      const released = yield* inventory.call("DELETE", `/inventory/reservations/${ORDER}`)
      assert.strictEqual(released.status, 200)
      assert.deepInclude(released.body, { released_count: 1, total_quantity_restored: 4 })
      const availability = yield* inventory.call("GET", `/inventory/products/${product_id}/availability`)
      assert.deepInclude(availability.body, { stock_quantity: 5, available: 5 })
    })
  )

  it.effect("payments: authorizes, captures and voids under a key, and declines by token", () =>
    Effect.gen(function* () {
      const payments = (yield* Alone)("payments")
      const authorize = (idempotency_key: string, payment_token: string) =>
        payments.call("POST", "/payments/authorize", {
          body: { user_id: CUSTOMER, amount_cents: 1_999, currency: "EUR", payment_token, idempotency_key }
        })
      const authorized = yield* authorize("pay-1", "tok_good")
      assert.strictEqual(authorized.status, 200, JSON.stringify(authorized.body))
      const { authorization_id } = yield* Schema.decodeUnknownEffect(AuthorizationBody)(authorized.body)
      assert.match(authorization_id, /^auth_[A-Za-z0-9]{24}$/)
      const captured = yield* payments.call("POST", `/payments/capture/${authorization_id}`, {
        body: { idempotency_key: "capture-1" }
      })
      assert.strictEqual(captured.status, 200, JSON.stringify(captured.body))
      const voided = yield* payments.call("POST", `/payments/void/${authorization_id}`, {
        body: { idempotency_key: "void-1" }
      })
      assert.strictEqual(voided.status, 409)
      const declined = yield* authorize("pay-2", "decline_expired")
      assert.strictEqual(declined.status, 402)
      assert.deepInclude(declined.body, { decline_code: "card_expired" })
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { layerPgClient, TenantDatabase } from "@valerix/database"
import { layerApi, layerServer } from "@valerix/http"
import { Effect, Layer, Redacted } from "effect"
import { OrdersApi, OrdersCommands } from "../../../src/contract/index.ts"
import { layerOrders, layerOrdersHandlers } from "../../../src/Orders.ts"
import { commandFor, sampleOrder } from "../../SampleOrders.ts"
import { client, problemOf } from "../http/Server.ts"

const nowhere = TenantDatabase.layer.pipe(
  Layer.provide(
    layerPgClient(
      { host: "/nonexistent", port: 5432, database: "orders", username: "orders_service", password: Redacted.make("") },
      { applicationName: "nowhere", maxConnections: 1 }
    )
  )
)
const orders = layerOrders.pipe(Layer.provide(nowhere))
const server = layerServer(layerApi(OrdersApi, layerOrdersHandlers), { service: "orders", port: 0 })

layer(server.pipe(Layer.provideMerge(orders)), { excludeTestServices: true })("while the database is away", (it) => {
  it.effect("every command of a vector is unavailable, and none fails", () =>
    Effect.gen(function* () {
      const { cancel, confirm, create } = yield* OrdersCommands
      const vector = [sampleOrder(), sampleOrder(), sampleOrder()]
      const commands = vector.map((order) => commandFor(order))
      for (const outcomes of [yield* create(vector), yield* confirm(commands), yield* cancel(commands)]) {
        assert.deepStrictEqual(
          outcomes.map(({ _tag }) => _tag),
          ["Unavailable", "Unavailable", "Unavailable"]
        )
      }
    })
  )

  it.effect("requests are answered 503", () =>
    Effect.gen(function* () {
      const { send } = yield* client()
      const list = yield* send("GET", "/api/v1/sales-orders")
      assert.deepStrictEqual(problemOf(list), { status: 503, code: "temporarily_unavailable" })
    })
  )
})

import { layerCheckoutShortHandlers } from "@valerix/checkout"
import { CheckoutShortApi } from "@valerix/checkout/contract"
import { layerApi, layerDocs, layerHealth, layerServer, type Probe } from "@valerix/http"
import { layerInventoryShortHandlers } from "@valerix/inventory"
import { InventoryShortApi } from "@valerix/inventory/contract"
import { layerPaymentsShortHandlers } from "@valerix/payments"
import { PaymentsShortApi } from "@valerix/payments/contract"
import { type Gremlin, gremlinApi } from "@valerix/resilience"
import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import type { Configuration } from "./Configuration.ts"
import type { DatabaseName } from "./DatabaseNames.ts"
import { controlsOf, type Gremlins, routesOf } from "./Gremlins.ts"
import { InventoryServiceApi, OrderServiceApi, PaymentServiceApi } from "./ShortApis.ts"

/** A request may be delayed for a minute, and is handled then. */
const HANDLING_MAX_MS = 75_000

type ProbeOf = (database: DatabaseName) => Probe

/**
 * Three more doors to the services of this process, each to one of them in its shortest form. Those that have no port are
 * not there.
 */
export const layerShortDoors = (configuration: Configuration, probeOf: ProbeOf, gremlins: Gremlins | undefined) => {
  const { inventory, orders, payments } = configuration.shortPorts
  return Layer.mergeAll(
    orders === undefined ? Layer.empty : orderDoor(orders, probeOf, gremlins),
    inventory === undefined ? Layer.empty : inventoryDoor(inventory, probeOf, gremlins?.inventory),
    payments === undefined ? Layer.empty : paymentDoor(payments, probeOf, gremlins?.payments)
  )
}

const orderDoor = (port: number, probeOf: ProbeOf, gremlins: Gremlins | undefined) => {
  const service = "order-service"
  const own = Effect.all([probeOf("checkout").check, probeOf("orders").check], { concurrency: "unbounded" })
  const probes = [
    { ...probeOf("checkout"), name: "database", check: own },
    reachable("inventory-service", probeOf("inventory"), gremlins?.inventory),
    reachable("payment-service", probeOf("payments"), gremlins?.payments)
  ]
  const routes = Layer.mergeAll(
    layerApi(CheckoutShortApi, layerCheckoutShortHandlers),
    layerDocs(OrderServiceApi),
    layerHealth({ service, probes })
  )
  return opened(layerServer(routes, options(service, port, "SHORT_ORDERS_PORT")), service)
}

const inventoryDoor = (port: number, probeOf: ProbeOf, gremlin: Gremlins["inventory"] | undefined) => {
  const service = "inventory-service"
  const routes = Layer.mergeAll(
    routesOf(gremlin, layerApi(InventoryShortApi, layerInventoryShortHandlers)),
    controlsOf(gremlin),
    gremlin === undefined
      ? layerDocs(InventoryServiceApi)
      : layerDocs(InventoryServiceApi.addHttpApi(gremlinApi(gremlin.operations))),
    layerHealth({ service, probes: [{ ...probeOf("inventory"), name: "database" }] })
  )
  return opened(layerServer(routes, options(service, port, "SHORT_INVENTORY_PORT")), service)
}

const paymentDoor = (port: number, probeOf: ProbeOf, gremlin: Gremlins["payments"] | undefined) => {
  const service = "payment-service"
  const routes = Layer.mergeAll(
    routesOf(gremlin, layerApi(PaymentsShortApi, layerPaymentsShortHandlers)),
    controlsOf(gremlin),
    gremlin === undefined
      ? layerDocs(PaymentServiceApi)
      : layerDocs(PaymentServiceApi.addHttpApi(gremlinApi(gremlin.operations))),
    layerHealth({ service, probes: [{ ...probeOf("payments"), name: "database" }] })
  )
  return opened(layerServer(routes, options(service, port, "SHORT_PAYMENTS_PORT")), service)
}

const options = (service: string, port: number, portVariable: string) => ({
  service,
  port,
  portVariable,
  handlingMaxMs: HANDLING_MAX_MS,
  allowsLocalPages: true
})

/** Another service in this process: there if its database is, and it answers in time. */
const reachable = (name: string, database: Probe, gremlin: Pick<Gremlin, "pause"> | undefined): Probe => ({
  name,
  ok: "reachable",
  check: gremlin === undefined ? database.check : Effect.andThen(gremlin.pause, database.check),
  neededToServe: false
})

/** Tells where a door is. */
const opened = <E, R>(door: Layer.Layer<HttpServer.HttpServer, E, R>, service: string) =>
  Layer.effectDiscard(
    HttpServer.addressFormattedWith((url) => Effect.logInfo("A short door is open", { door: service, url }))
  ).pipe(Layer.provide(door))

import { layerApi, layerDocs, layerHealth, layerServer } from "@valerix/http"
import {
  layerDemoProducts,
  layerInventory,
  layerInventoryHandlers,
  layerInventoryInternalHandlers,
  layerInventoryShortHandlers
} from "@valerix/inventory"
import { InventoryApi, InventoryInternalApi, InventoryShortApi } from "@valerix/inventory/contract"
import { layerOrders, layerOrdersHandlers, layerOrdersInternalHandlers } from "@valerix/orders"
import { OrdersApi, OrdersInternalApi } from "@valerix/orders/contract"
import { layerPayments, layerPaymentsHandlers, layerPaymentsInternalHandlers } from "@valerix/payments"
import { PaymentsApi, PaymentsInternalApi } from "@valerix/payments/contract"
import { Effect, Layer } from "effect"
import { HttpApi } from "effect/http-api"
import type { Configuration } from "./Configuration.ts"
import type { DatabaseName } from "./DatabaseNames.ts"
import { type Databases, layerDatabase } from "./Databases.ts"
import { controlsOf, type Gremlins, makeGremlins, routesOf } from "./Gremlins.ts"
import { databaseProbes } from "./Probes.ts"
import { layerReadyMessage } from "./ReadyMessage.ts"
import { layerProvider, topologyOptions } from "./Topology.ts"

/** The services that run alone; checkout runs where the others are. */
export const SINGLE_SERVICES = ["orders", "inventory", "payments"] as const
export type SingleService = (typeof SINGLE_SERVICES)[number]

/** The databases that a service needs when it runs alone. */
export const databasesOf = (name: SingleService): ReadonlyArray<DatabaseName> =>
  name === "payments" ? ["payments", "mock_provider"] : [name]

const ordersRoutes = (databases: Databases) =>
  Layer.mergeAll(
    layerApi(OrdersApi, layerOrdersHandlers),
    layerApi(OrdersInternalApi, layerOrdersInternalHandlers),
    layerDocs(OrdersInternalApi)
  ).pipe(Layer.provide(layerOrders), Layer.provide(layerDatabase(databases, "orders")))

/** Everything without a prefix that inventory serves where it runs alone. */
export const InventoryAloneApi = HttpApi.make("inventory-alone")
  .addHttpApi(InventoryInternalApi)
  .addHttpApi(InventoryShortApi)

const inventoryRoutes = (databases: Databases, { hasDemoProducts }: Configuration, gremlins: Gremlins | undefined) =>
  Layer.mergeAll(
    routesOf(
      gremlins?.inventory,
      Layer.mergeAll(
        layerApi(InventoryApi, layerInventoryHandlers),
        layerApi(InventoryInternalApi, layerInventoryInternalHandlers),
        layerApi(InventoryShortApi, layerInventoryShortHandlers)
      )
    ),
    controlsOf(gremlins?.inventory),
    layerDocs(InventoryAloneApi),
    hasDemoProducts ? layerDemoProducts : Layer.empty
  ).pipe(Layer.provide(layerInventory), Layer.provide(layerDatabase(databases, "inventory")))

const paymentsRoutes = (databases: Databases, configuration: Configuration, gremlins: Gremlins | undefined) =>
  Layer.mergeAll(
    routesOf(
      gremlins?.payments,
      Layer.merge(
        layerApi(PaymentsApi, layerPaymentsHandlers),
        layerApi(PaymentsInternalApi, layerPaymentsInternalHandlers)
      )
    ),
    controlsOf(gremlins?.payments),
    layerDocs(PaymentsInternalApi)
  ).pipe(
    Layer.provide(layerPayments),
    Layer.provide(layerProvider(databases, topologyOptions(configuration).mockProvider)),
    Layer.provide(layerDatabase(databases, "payments"))
  )

/** One service on its own port: its public part, and the unprefixed paths with its internal endpoints. */
export const singleService = (name: SingleService, configuration: Configuration, databases: Databases) =>
  layerServing(name, configuration, databases).pipe((server) => Layer.provideMerge(layerReadyMessage, server))

const layerServing = (name: SingleService, configuration: Configuration, databases: Databases) =>
  Layer.unwrap(
    Effect.map(databaseProbes(databases, databasesOf(name)), (probes) => {
      const gremlins = makeGremlins(configuration)
      const service = `${name}-service`
      const listen = { service, port: configuration.servicePorts[name], portVariable: `${name.toUpperCase()}_PORT` }
      const health = layerHealth({ service, probes })
      switch (name) {
        case "orders":
          return layerServer(Layer.merge(ordersRoutes(databases), health), listen)
        case "inventory":
          return layerServer(Layer.merge(inventoryRoutes(databases, configuration, gremlins), health), listen)
        case "payments":
          return layerServer(Layer.merge(paymentsRoutes(databases, configuration, gremlins), health), listen)
      }
    })
  )

import { layerApi, layerDocs, layerHealth, layerServer } from "@valerix/http"
import { layerInventory, layerInventoryHandlers, layerInventoryInternalHandlers } from "@valerix/inventory"
import { InventoryApi, InventoryInternalApi } from "@valerix/inventory/contract"
import { layerOrders, layerOrdersHandlers, layerOrdersInternalHandlers } from "@valerix/orders"
import { OrdersApi, OrdersInternalApi } from "@valerix/orders/contract"
import { layerPayments, layerPaymentsHandlers, layerPaymentsInternalHandlers } from "@valerix/payments"
import { PaymentsApi, PaymentsInternalApi } from "@valerix/payments/contract"
import { Effect, Layer } from "effect"
import type { Configuration } from "./Configuration.ts"
import type { DatabaseName } from "./DatabaseNames.ts"
import { type Databases, layerDatabase } from "./Databases.ts"
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

const inventoryRoutes = (databases: Databases) =>
  Layer.mergeAll(
    layerApi(InventoryApi, layerInventoryHandlers),
    layerApi(InventoryInternalApi, layerInventoryInternalHandlers),
    layerDocs(InventoryInternalApi)
  ).pipe(Layer.provide(layerInventory), Layer.provide(layerDatabase(databases, "inventory")))

const paymentsRoutes = (databases: Databases, configuration: Configuration) =>
  Layer.mergeAll(
    layerApi(PaymentsApi, layerPaymentsHandlers),
    layerApi(PaymentsInternalApi, layerPaymentsInternalHandlers),
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
      const service = `${name}-service`
      const listen = { service, port: configuration.servicePorts[name], portVariable: `${name.toUpperCase()}_PORT` }
      const health = layerHealth({ service, probes })
      switch (name) {
        case "orders":
          return layerServer(Layer.merge(ordersRoutes(databases), health), listen)
        case "inventory":
          return layerServer(Layer.merge(inventoryRoutes(databases), health), listen)
        case "payments":
          return layerServer(Layer.merge(paymentsRoutes(databases, configuration), health), listen)
      }
    })
  )

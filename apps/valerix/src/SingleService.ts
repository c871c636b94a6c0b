import { layerApi, layerDocs, layerHealth, layerServer } from "@valerix/http"
import { layerInventory, layerInventoryHandlers, layerInventoryInternalHandlers } from "@valerix/inventory"
import { InventoryApi, InventoryInternalApi } from "@valerix/inventory/contract"
import { layerOrders, layerOrdersHandlers, layerOrdersInternalHandlers } from "@valerix/orders"
import { OrdersApi, OrdersInternalApi } from "@valerix/orders/contract"
import { layerMockProvider, layerPayments, layerPaymentsHandlers, layerPaymentsInternalHandlers } from "@valerix/payments"
import { PaymentsApi, PaymentsInternalApi } from "@valerix/payments/contract"
import { Effect, Layer } from "effect"
import type { HttpRouter } from "effect/http"
import type { Configuration } from "./Configuration.ts"
import type { DatabaseName } from "./DatabaseNames.ts"
import { type Databases, layerDatabase } from "./Databases.ts"
import { databaseProbes } from "./Probes.ts"
import { topologyOptions } from "./Topology.ts"

/** The services that run alone; checkout runs where the others are. */
export const SINGLE_SERVICES = ["orders", "inventory", "payments"] as const
export type SingleServiceName = (typeof SINGLE_SERVICES)[number]

const orders = (databases: Databases) =>
  Layer.mergeAll(
    layerApi(OrdersApi, layerOrdersHandlers),
    layerApi(OrdersInternalApi, layerOrdersInternalHandlers),
    layerDocs(OrdersInternalApi)
  ).pipe(Layer.provide(layerOrders), Layer.provide(layerDatabase(databases, "orders")))

const inventory = (databases: Databases) =>
  Layer.mergeAll(
    layerApi(InventoryApi, layerInventoryHandlers),
    layerApi(InventoryInternalApi, layerInventoryInternalHandlers),
    layerDocs(InventoryInternalApi)
  ).pipe(Layer.provide(layerInventory), Layer.provide(layerDatabase(databases, "inventory")))

const payments = (databases: Databases, configuration: Configuration) =>
  Layer.mergeAll(
    layerApi(PaymentsApi, layerPaymentsHandlers),
    layerApi(PaymentsInternalApi, layerPaymentsInternalHandlers),
    layerDocs(PaymentsInternalApi)
  ).pipe(
    Layer.provide(layerPayments),
    Layer.provide(layerMockProvider(topologyOptions(configuration).mockProvider)),
    Layer.provide(layerDatabase(databases, "payments"))
  )

/** One service on its own port: its public part, and the unprefixed paths with its internal endpoints. */
export const singleService = (
  name: SingleServiceName
): {
  readonly databases: ReadonlyArray<DatabaseName>
  readonly layer: (configuration: Configuration, databases: Databases) => ReturnType<typeof serveAlone>
} => {
  switch (name) {
    case "orders":
      return { databases: ["orders"], layer: (configuration, databases) => serveAlone(name, orders(databases), configuration, databases) }
    default:
      return { databases: [], layer: (configuration, databases) => serveAlone(name, inventory(databases), configuration, databases) }
  }
}

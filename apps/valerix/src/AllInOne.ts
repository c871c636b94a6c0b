import { layerCheckoutHandlers } from "@valerix/checkout"
import { CheckoutApi } from "@valerix/checkout/contract"
import { type ListenOptions, layerApi, layerDocs, layerHealth, layerServer } from "@valerix/http"
import { layerInventoryHandlers } from "@valerix/inventory"
import { InventoryApi } from "@valerix/inventory/contract"
import { layerOrdersHandlers } from "@valerix/orders"
import { OrdersApi } from "@valerix/orders/contract"
import { layerPaymentsHandlers } from "@valerix/payments"
import { PaymentsApi } from "@valerix/payments/contract"
import { Effect, Layer } from "effect"
import type { Configuration } from "./Configuration.ts"
import { DATABASES } from "./DatabaseNames.ts"
import type { Databases } from "./Databases.ts"
import { databaseProbes } from "./Probes.ts"
import { PublicApi } from "./PublicApi.ts"
import { layerReadyMessage } from "./ReadyMessage.ts"
import { layerServices, topologyOptions } from "./Topology.ts"

const publicRoutes = Layer.mergeAll(
  layerApi(CheckoutApi, layerCheckoutHandlers),
  layerApi(OrdersApi, layerOrdersHandlers),
  layerApi(InventoryApi, layerInventoryHandlers),
  layerApi(PaymentsApi, layerPaymentsHandlers),
  layerDocs(PublicApi)
)

/** The whole program, as it is named in its health and its metrics. */
const SERVICE = "valerix"

/** The public door over all services. */
export const layerDoor = (databases: Databases, listen: ListenOptions) =>
  Layer.unwrap(
    Effect.map(databaseProbes(databases, DATABASES), (probes) =>
      layerServer(Layer.mergeAll(publicRoutes, layerHealth({ service: SERVICE, probes })), {
        ...listen,
        service: SERVICE
      })
    )
  )

/** All services behind one door, on one port. */
export const allInOne = (configuration: Configuration, databases: Databases) =>
  layerReadyMessage.pipe(
    Layer.provide(layerDoor(databases, { port: configuration.port })),
    Layer.provide(layerServices(databases, topologyOptions(configuration)))
  )

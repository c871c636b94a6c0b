import { layerCheckoutHandlers } from "@valerix/checkout"
import { CheckoutApi } from "@valerix/checkout/contract"
import { type ListenOptions, layerApi, layerDocs, layerHealth, layerServer, type Probe } from "@valerix/http"
import { layerDemoProducts, layerInventoryHandlers } from "@valerix/inventory"
import { InventoryApi } from "@valerix/inventory/contract"
import { layerOrdersHandlers } from "@valerix/orders"
import { OrdersApi } from "@valerix/orders/contract"
import { layerPaymentsHandlers } from "@valerix/payments"
import { PaymentsApi } from "@valerix/payments/contract"
import { Effect, Layer } from "effect"
import type { Configuration } from "./Configuration.ts"
import { DATABASES } from "./DatabaseNames.ts"
import type { Databases } from "./Databases.ts"
import { type Gremlins, makeGremlins, routesOf } from "./Gremlins.ts"
import { databaseProbes, probeOf } from "./Probes.ts"
import { PublicApi } from "./PublicApi.ts"
import { layerReadyMessage } from "./ReadyMessage.ts"
import { layerShortDoors } from "./ShortDoors.ts"
import { layerServices, topologyOptions } from "./Topology.ts"

/** The whole program, as it is named in its health and its metrics. */
const SERVICE = "valerix"

const publicRoutes = (gremlins: Gremlins | undefined) =>
  Layer.mergeAll(
    layerApi(CheckoutApi, layerCheckoutHandlers),
    layerApi(OrdersApi, layerOrdersHandlers),
    routesOf(gremlins?.inventory, layerApi(InventoryApi, layerInventoryHandlers)),
    routesOf(gremlins?.payments, layerApi(PaymentsApi, layerPaymentsHandlers)),
    layerDocs(PublicApi)
  )

const layerPublicDoor = (probes: ReadonlyArray<Probe>, listen: ListenOptions, gremlins: Gremlins | undefined) =>
  layerServer(Layer.merge(publicRoutes(gremlins), layerHealth({ service: SERVICE, probes })), {
    ...listen,
    service: SERVICE
  })

/** The public door over all services. */
export const layerDoor = (databases: Databases, listen: ListenOptions) =>
  Layer.unwrap(Effect.map(databaseProbes(databases, DATABASES), (probes) => layerPublicDoor(probes, listen, undefined)))

/** All services behind one door, on one port, and behind the short ones where they are wanted. */
export const allInOne = (configuration: Configuration, databases: Databases) => {
  const gremlins = makeGremlins(configuration)
  const options = { ...topologyOptions(configuration), ...(gremlins === undefined ? {} : { gremlins }) }
  const doors = Layer.unwrap(
    Effect.map(databaseProbes(databases, DATABASES), (probes) =>
      Layer.merge(
        layerPublicDoor(probes, { port: configuration.port }, gremlins),
        layerShortDoors(configuration, probeOf(probes), gremlins)
      )
    )
  )
  return layerReadyMessage.pipe(
    Layer.provide(configuration.hasDemoProducts ? Layer.merge(doors, layerDemoProducts) : doors),
    Layer.provide(layerServices(databases, options))
  )
}

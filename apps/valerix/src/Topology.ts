import { type CheckoutOptions, layerCheckout, layerVerification } from "@valerix/checkout"
import { layerInventory } from "@valerix/inventory"
import { layerOrders } from "@valerix/orders"
import { layerMockProvider, layerPayments, type MockProviderOptions } from "@valerix/payments"
import { Layer } from "effect"
import { type Databases, layerDatabase } from "./Databases.ts"

export interface TopologyOptions {
  readonly checkout: CheckoutOptions
  readonly mockProvider: MockProviderOptions
}

/**
 * All services in one process. Only this page knows that they are: each sees the others' contracts.
 *
 *     checkout ──▶ orders, inventory, payments ──▶ the provider
 */
export const layerServices = (databases: Databases, options: TopologyOptions) =>
  layerCheckout(options.checkout).pipe(
    Layer.provide(layerDatabase(databases, "checkout")),
    Layer.provideMerge(layerParticipants(databases, options))
  )

/** The checks of the promises over all services, with nothing else running. */
export const layerChecks = (databases: Databases, options: TopologyOptions) =>
  layerVerification(options.checkout).pipe(
    Layer.provide(layerDatabase(databases, "checkout")),
    Layer.provide(layerParticipants(databases, options))
  )

const layerParticipants = (databases: Databases, options: TopologyOptions) =>
  Layer.mergeAll(
    layerOrders.pipe(Layer.provide(layerDatabase(databases, "orders"))),
    layerInventory.pipe(Layer.provide(layerDatabase(databases, "inventory"))),
    layerPayments.pipe(
      Layer.provide(layerMockProvider(options.mockProvider)),
      Layer.provide(layerDatabase(databases, "payments"))
    )
  )

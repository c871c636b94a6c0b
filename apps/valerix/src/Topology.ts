import {
  type CheckoutOptions,
  CheckoutStorage,
  checkoutDefaults,
  layerCheckout,
  layerImports,
  layerLooking,
  layerRepairs,
  layerVerification
} from "@valerix/checkout"
import { layerInventory } from "@valerix/inventory"
import { layerOrders } from "@valerix/orders"
import { layerMockPaymentProvider, layerPayments, type MockProviderSettings } from "@valerix/payments"
import { Layer } from "effect"
import type { Configuration } from "./Configuration.ts"
import { type Databases, layerDatabase } from "./Databases.ts"
import { type Gremlins, layerDelayedCommands } from "./Gremlins.ts"
import { layerLoggedCommands } from "./LoggedCommands.ts"

const PROVIDER_SHARE_OF_LIMIT = 0.75

export interface TopologyOptions {
  readonly checkout: CheckoutOptions
  readonly mockProvider: MockProviderSettings
  /** What may make inventory and payments slow for those who give them commands. */
  readonly gremlins?: Gremlins
}

/** The payment provider: the mock one, in a database of its own. */
export const layerProvider = (databases: Databases, settings: MockProviderSettings) =>
  layerMockPaymentProvider(settings).pipe(Layer.provide(layerDatabase(databases, "mock_provider")))

/** What checkout works with: orders, inventory, and payments on their provider. */
export const layerParticipants = (
  databases: Databases,
  options: TopologyOptions,
  provider: ReturnType<typeof layerProvider> = layerProvider(databases, options.mockProvider)
) =>
  layerLoggedCommands(
    Layer.mergeAll(
      layerOrders.pipe(Layer.provide(layerDatabase(databases, "orders"))),
      layerInventory.pipe(Layer.provide(layerDatabase(databases, "inventory"))),
      layerPayments.pipe(Layer.provide(provider), Layer.provide(layerDatabase(databases, "payments")))
    )
  )

/**
 * All services in one process. Only this page knows that they are: each sees the others' contracts.
 *
 *     checkout ──▶ orders, inventory, payments ──▶ the provider
 */
export const layerServices = (
  databases: Databases,
  options: TopologyOptions,
  participants: ReturnType<typeof layerParticipants> = layerParticipants(databases, options),
  storage: typeof CheckoutStorage = CheckoutStorage
) =>
  layerCheckout(options.checkout, storage).pipe(
    Layer.provide(layerDatabase(databases, "checkout")),
    Layer.provide(options.gremlins === undefined ? Layer.empty : layerDelayedCommands(options.gremlins)),
    Layer.provideMerge(participants)
  )

/** All services without the door, and what an import needs beside them. */
export const layerImporting = (databases: Databases, options: TopologyOptions) =>
  layerImports(options.checkout).pipe(
    Layer.provideMerge(layerServices(databases, options)),
    Layer.provide(layerDatabase(databases, "checkout"))
  )

/** What is stored, to be looked at: nothing is accepted, swept or executed. */
export const layerLookingIn = (databases: Databases, options: TopologyOptions) =>
  layerLooking.pipe(
    Layer.provide(layerDatabase(databases, "checkout")),
    Layer.provideMerge(layerParticipants(databases, options))
  )

/** The checks of the promises over all services, with nothing else running. */
export const layerChecks = (databases: Databases, options: TopologyOptions) =>
  layerVerification(options.checkout).pipe(
    Layer.provide(layerDatabase(databases, "checkout")),
    Layer.provide(layerParticipants(databases, options))
  )

/** The checks, and what mends what they find, beside a program that runs or alone. */
export const layerChecksAndRepairs = (databases: Databases, options: TopologyOptions) =>
  layerRepairs(options.checkout).pipe(
    Layer.provide(layerDatabase(databases, "checkout")),
    Layer.provide(layerParticipants(databases, options))
  )

/** What the configuration means for the services. */
export const topologyOptions = (configuration: Configuration): TopologyOptions => ({
  checkout: checkoutDefaults(configuration),
  mockProvider: {
    latencyMs: configuration.mockLatencyMs,
    failureRate: configuration.mockFailureRate,
    declineRate: configuration.mockDeclineRate,
    seed: "valerix",
    // A command has to record the provider's answer before its own time is over.
    timeoutMs: Math.ceil(configuration.downstreamLimitMs * PROVIDER_SHARE_OF_LIMIT)
  }
})

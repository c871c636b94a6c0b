import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { Balance } from "../../domain/Balance.ts"
import type { RecountedBalance } from "../../domain/CountedBalance.ts"

/** How much there is, by product and location. Every method runs in the caller's transaction. */
export class BalanceRepository extends Context.Service<
  BalanceRepository,
  {
    /** The id of the organization's location MAIN, which is created when first asked for. */
    readonly mainLocation: (organizationId: OrganizationId) => Effect.Effect<string>
    /**
     * Adds to what is on hand (0 opens the balance) and gives what is on hand then. The balance stays locked until the
     * transaction ends.
     */
    readonly addOnHand: (change: {
      readonly organizationId: OrganizationId
      readonly productId: ProductId
      readonly locationId: string
      readonly quantity: number
    }) => Effect.Effect<number>
    /** The same for many products at one location, each named once; in the order of the changes. */
    readonly addAllOnHand: (change: {
      readonly organizationId: OrganizationId
      readonly locationId: string
      readonly products: ReadonlyArray<{ readonly productId: ProductId; readonly quantity: number }>
    }) => Effect.Effect<ReadonlyArray<number>>
    /** Locks the balances of a product, then reads them beside the sums that they have to agree with. */
    readonly lockAndCount: (
      organizationId: OrganizationId,
      productId: ProductId
    ) => Effect.Effect<ReadonlyArray<RecountedBalance>>
    /** Writes what locked balances have to say. */
    readonly correct: (
      organizationId: OrganizationId,
      balances: ReadonlyArray<Pick<RecountedBalance, "productId" | "locationId" | "onHand" | "reserved">>
    ) => Effect.Effect<void>
    /** The sums of products over all locations, in their order; zeros where there is no balance. */
    readonly totals: (
      organizationId: OrganizationId,
      productIds: ReadonlyArray<ProductId>
    ) => Effect.Effect<ReadonlyArray<{ readonly onHand: number; readonly reserved: number }>>
    /** By product and location, beyond `after`. */
    readonly page: (
      organizationId: OrganizationId,
      filter: {
        readonly productId: ProductId | undefined
        readonly after: readonly [ProductId, string] | undefined
        readonly limit: number
      }
    ) => Effect.Effect<ReadonlyArray<Balance>>
  }
>()("@valerix/inventory/ports/BalanceRepository") {}

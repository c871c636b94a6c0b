import type { CatalogueProduct } from "@valerix/inventory/contract"
import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** Checkout's own, durable copy of the catalogue. */
export class CatalogueCopy extends Context.Service<
  CatalogueCopy,
  {
    /** A SKU that the copy knows of several products, because it went from one to another, is not found. */
    readonly find: (
      organizationId: OrganizationId,
      wanted: { readonly productIds: ReadonlyArray<ProductId>; readonly skus: ReadonlyArray<string> }
    ) => Effect.Effect<ReadonlyArray<CatalogueProduct>>
    /** Keeps the newest version of each product. */
    readonly keep: (products: ReadonlyArray<CatalogueProduct>) => Effect.Effect<void>
    /** The organizations that the copy knows products of, in order, after the given one; at most so many. */
    readonly organizations: (
      after: OrganizationId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrganizationId>>
  }
>()("@valerix/checkout/CatalogueCopy") {}

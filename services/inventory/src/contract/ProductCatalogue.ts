import type { Currency, MinorUnits, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** What accepting an order needs to know of a product. */
export interface CatalogueProduct {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
  readonly sku: string
  readonly priceMinor: MinorUnits
  readonly currency: Currency
  /** Rises with every change of the product: a copy keeps the newest. */
  readonly version: number
}

/** How far a copy has followed the catalogue; opaque, kept by the copy. */
export type CatalogueCursor = string

/** One look at the changes of the catalogue. */
export interface CatalogueChanges {
  readonly products: ReadonlyArray<CatalogueProduct>
  readonly cursor: CatalogueCursor
  readonly isLast: boolean
}

/**
 * The catalogue for services that keep a copy of it. Unlike the queries of an API these fail as a defect when the
 * database is away.
 */
export class ProductCatalogue extends Context.Service<
  ProductCatalogue,
  {
    /** The products with these ids or SKUs (at most 2,000 of each); unknown ones are left out. */
    readonly find: (
      organizationId: OrganizationId,
      wanted: { readonly productIds: ReadonlyArray<ProductId>; readonly skus: ReadonlyArray<string> }
    ) => Effect.Effect<ReadonlyArray<CatalogueProduct>>
    /**
     * The changes of these organizations' products since a cursor (none: from the beginning), oldest first, at most 1,000,
     * with the cursor to go on from. One look goes through so many changes and no more, of all organizations, so it may
     * find none and not be the last; after the last there is nothing more for now. No committed change is ever skipped,
     * whatever the order of commits. Cheapest with at most some 1,000 organizations at a time.
     */
    readonly changesSince: (
      organizations: ReadonlyArray<OrganizationId>,
      cursor: CatalogueCursor | undefined
    ) => Effect.Effect<CatalogueChanges>
  }
>()("@valerix/inventory/contract/ProductCatalogue") {}

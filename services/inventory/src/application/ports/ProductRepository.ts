import type { Money, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { CatalogueChanges, CatalogueCursor, CatalogueProduct } from "../../contract/ProductCatalogue.ts"
import type { Product } from "../../domain/Product.ts"

/** How a caller names a product. */
export type ProductReference =
  | { readonly _tag: "ById"; readonly productId: ProductId }
  | { readonly _tag: "BySku"; readonly sku: string }

/** The id or SKU itself. */
export const referenceText = (reference: ProductReference): string =>
  reference._tag === "ById" ? reference.productId : reference.sku

export interface NewProduct {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
  readonly sku: string
  readonly name: string
  readonly price: Money
}

/** The products of the transaction's organizations. Every method runs in the caller's transaction. */
export class ProductRepository extends Context.Service<
  ProductRepository,
  {
    /** Adds a product, version 1; nothing when its organization has the SKU already. */
    readonly insert: (product: NewProduct) => Effect.Effect<Product | undefined>
    /** Adds products of one organization, each SKU once, version 1; gives those whose SKU was new. */
    readonly insertAll: (products: ReadonlyArray<NewProduct>) => Effect.Effect<ReadonlyArray<Product>>
    /** The products with these SKUs, held until the transaction ends: nobody else changes them. */
    readonly lockBySku: (
      organizationId: OrganizationId,
      skus: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Product>>
    /** The products with these SKUs. */
    readonly withSkus: (
      organizationId: OrganizationId,
      skus: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Product>>
    readonly find: (organizationId: OrganizationId, reference: ProductReference) => Effect.Effect<Product | undefined>
    /** Waits for other changes of the product; whoever holds it is the only one to change it. */
    readonly lock: (organizationId: OrganizationId, productId: ProductId) => Effect.Effect<void>
    /** Keeps a product's name, price and version, and gives it as it is kept. */
    readonly save: (product: Product) => Effect.Effect<Product>
    /** The same for products of one organization that are held. */
    readonly saveAll: (products: ReadonlyArray<Product>) => Effect.Effect<void>
    /** Newest first, older than `after`. */
    readonly page: (
      organizationId: OrganizationId,
      filter: { readonly sku: string | undefined; readonly after: ProductId | undefined; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<Product>>
    /** Oldest first, newer than `after`, each with its stock over all locations. */
    readonly walk: (
      organizationId: OrganizationId,
      page: { readonly after: ProductId | undefined; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<{ readonly product: Product; readonly onHand: number }>>
    /** The products with these ids or SKUs, each once. */
    readonly findAll: (
      organizationId: OrganizationId,
      wanted: { readonly productIds: ReadonlyArray<ProductId>; readonly skus: ReadonlyArray<string> }
    ) => Effect.Effect<ReadonlyArray<CatalogueProduct>>
    /** Changes among the next so many after a cursor, oldest first, and where to go on; see ProductCatalogue. */
    readonly changesSince: (cursor: CatalogueCursor | undefined, limit: number) => Effect.Effect<CatalogueChanges>
  }
>()("@valerix/inventory/ports/ProductRepository") {}

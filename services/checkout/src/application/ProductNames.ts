import type { CatalogueProduct } from "@valerix/inventory/contract"
import type { ProductId } from "@valerix/money-and-ids"
import type { ProductName } from "../domain/OrderRequest.ts"

/** A product's name, as the key of a map. */
export const nameKey = (name: ProductName): string =>
  name._tag === "ById" ? `id ${name.productId}` : `sku ${name.sku}`

export const namesOf = ({ productId, sku }: CatalogueProduct): ReadonlyArray<ProductName> => [
  { _tag: "ById", productId },
  { _tag: "BySku", sku }
]

/** Products that are asked for. */
export interface Wanted {
  readonly productIds: ReadonlyArray<ProductId>
  readonly skus: ReadonlyArray<string>
}

/** What is to be asked for, each product once by each of its names. */
export const wantedOf = (names: ReadonlyArray<ProductName>): Wanted => ({
  productIds: [...new Set(names.flatMap((name) => (name._tag === "ById" ? [name.productId] : [])))],
  skus: [...new Set(names.flatMap((name) => (name._tag === "BySku" ? [name.sku] : [])))]
})

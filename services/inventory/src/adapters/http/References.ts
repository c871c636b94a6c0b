import { ProductId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { ProductReference } from "../../application/ports/ProductRepository.ts"
import { ProductNotFoundProblem } from "../../contract/InventoryProblems.ts"

const isProductId = Schema.is(ProductId)

/** What has the form of an id is taken for an id, everything else for a SKU. */
export const productReference = (named: string): ProductReference =>
  isProductId(named) ? { _tag: "ById", productId: named } : { _tag: "BySku", sku: named }

export const productNotFoundProblem = ({ product }: { readonly product: string }): ProductNotFoundProblem =>
  new ProductNotFoundProblem({
    detail: `No product ${product}.`,
    ...(isProductId(product) ? { product_id: product } : {})
  })

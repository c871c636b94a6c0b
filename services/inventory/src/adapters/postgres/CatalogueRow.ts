import { Currency, MinorUnits, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { CatalogueProduct } from "../../contract/ProductCatalogue.ts"

export const CatalogueRow = Schema.Struct({
  organization_id: OrganizationId,
  product_id: ProductId,
  sku: Schema.String,
  price_minor: MinorUnits,
  currency: Currency,
  version: Schema.Int
})

export const catalogueProduct = (row: typeof CatalogueRow.Type): CatalogueProduct => ({
  organizationId: row.organization_id,
  productId: row.product_id,
  sku: row.sku,
  priceMinor: row.price_minor,
  currency: row.currency,
  version: row.version
})

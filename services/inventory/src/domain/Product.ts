import type { Money, OrganizationId, ProductId } from "@valerix/money-and-ids"

/** A thing that can be sold. Its id and SKU never change. */
export interface Product {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
  readonly sku: string
  readonly name: string
  /** For one unit, in one currency, more than nothing. */
  readonly price: Money
  /** 1 at first; rises with every change, so that of two copies the newer one is known. */
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface ProductChange {
  readonly name?: string
  readonly price?: Money
}

/** The product after a change; the same product when nothing is different. */
export const changeProduct = (product: Product, change: ProductChange): Product => {
  const { name = product.name, price = product.price } = change
  const isSame =
    name === product.name &&
    price.amountMinor === product.price.amountMinor &&
    price.currency === product.price.currency
  return isSame ? product : { ...product, name, price, version: product.version + 1 }
}

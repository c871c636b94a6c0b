import type { Currency, CustomerId, Money, ProductId, Quantity } from "@valerix/money-and-ids"

/** How a request names a product. */
export type ProductName =
  | { readonly _tag: "ById"; readonly productId: ProductId }
  | { readonly _tag: "BySku"; readonly sku: string }

/** An order as a caller asks for it: products by name, at the catalogue's prices but where it brings its own. */
export interface OrderRequest {
  readonly customerId: CustomerId
  readonly email: string | undefined
  /** None in the short form: then the first product's. */
  readonly currency: Currency | undefined
  readonly items: ReadonlyArray<{
    readonly product: ProductName
    readonly quantity: Quantity
    /** The price of one, instead of the catalogue's. Only callers in this program may give it; the API takes none. */
    readonly unitPrice?: Money | undefined
  }>
  readonly adjustments: ReadonlyArray<{
    readonly kind: "SHIPPING" | "TAX" | "DISCOUNT" | "FEE"
    readonly amount: Money
    readonly description: string | undefined
  }>
  readonly shippingAddress: unknown
  readonly payment: { readonly method: string; readonly token: string }
  readonly externalReference: string | undefined
  readonly metadata: unknown
}

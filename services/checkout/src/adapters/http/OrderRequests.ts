import { ProductId } from "@valerix/money-and-ids"
import { Option, Schema } from "effect"
import {
  DEFAULT_CUSTOMER_ID,
  DEFAULT_PAYMENT,
  type ImportedOrder,
  type PlaceOrderRequest
} from "../../contract/OrderSchemas.ts"
import type { OrderRequest, ProductName } from "../../domain/OrderRequest.ts"

/** The order that a request asks for, or a file; the short form becomes one line. */
export const orderRequestOf = (body: PlaceOrderRequest | ImportedOrder): OrderRequest => ({
  customerId: body.customer_id ?? DEFAULT_CUSTOMER_ID,
  email: body.email,
  currency: body.currency,
  items: itemsOf(body).map(({ product_id, sku, quantity, unit_price }) => ({
    product: productNameOf(product_id, sku),
    quantity,
    unitPrice: unit_price
  })),
  adjustments: (body.adjustments ?? []).map(({ kind, amount, description }) => ({ kind, amount, description })),
  shippingAddress: body.shipping_address,
  payment: body.payment ?? DEFAULT_PAYMENT,
  externalReference: body.external_reference,
  metadata: body.metadata
})

type Item = NonNullable<ImportedOrder["items"]>[number]

const itemsOf = ({ items, product_id, quantity }: PlaceOrderRequest | ImportedOrder): ReadonlyArray<Item> =>
  items ?? (product_id === undefined || quantity === undefined ? [] : [{ product_id, quantity }])

const asProductId = Schema.decodeUnknownOption(ProductId)

/** What looks like a product's id is one; anything else is a SKU. */
const productNameOf = (productId: string | undefined, sku: string | undefined): ProductName =>
  Option.match(asProductId(productId), {
    onSome: (id): ProductName => ({ _tag: "ById", productId: id }),
    onNone: (): ProductName => ({ _tag: "BySku", sku: sku ?? productId ?? "" })
  })

const FIELD_OF_ITEM = /^items\[(\d+)\](\.\w+)?$/

/**
 * How a body names a field of the order that was made of it: the short form has no `items`, and `product_id` may hold
 * a SKU.
 */
export const fieldInBody = ({ items }: PlaceOrderRequest, field: string): string => {
  const [isOfItem, index, member] = FIELD_OF_ITEM.exec(field) ?? []
  if (items === undefined) return field === "items" ? "quantity" : isOfItem === undefined ? field : "product_id"
  if (member === undefined) return field
  return `items[${index}].${items[Number(index)]?.sku === undefined ? "product_id" : "sku"}`
}

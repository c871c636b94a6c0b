import { Paged } from "@valerix/http/paging"
import { Money, ProductId, QUANTITY_MAX } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { Sku } from "./Sku.ts"
import { text } from "./Text.ts"

const NAME_MAX_CHARACTERS = 255

/** White space around a name is taken off. */
const ProductName = text(NAME_MAX_CHARACTERS)
  .check(Schema.isPattern(/\S/u, { expected: "a name that is not blank" }))
  .pipe(Schema.decodeTo(Schema.Trim))

/** What one unit costs: more than nothing. */
const Price = Money.check(
  Schema.makeFilter(({ amountMinor }) =>
    amountMinor > 0 ? undefined : { path: ["amount"], issue: "must be more than 0" }
  )
)

const InitialStock = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: QUANTITY_MAX }))

/** `POST /inventory/products`. `initial_stock` is booked as a receipt together with the product. */
export const CreateProductBody = Schema.Struct({
  sku: Sku,
  name: ProductName,
  price: Price,
  initial_stock: Schema.optionalKey(InitialStock)
})

/** A product in a file that is imported: with as much stock as there can be of one, because that is exported. */
export const ImportedProduct = Schema.Struct({
  ...CreateProductBody.fields,
  initial_stock: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
  )
})

/** `PATCH /inventory/products/{product_id}`: what is not named stays as it is. */
export const ChangeProductBody = Schema.Struct({
  name: Schema.optionalKey(ProductName),
  price: Schema.optionalKey(Price)
}).check(
  Schema.makeFilter(
    ({ name, price }) =>
      name === undefined && price === undefined ? "must name what to change: name, price or both" : undefined,
    { toJsonSchema: () => ({ minProperties: 1 }) }
  )
)

export const ProductView = Schema.Struct({
  product_id: ProductId,
  sku: Sku,
  name: Schema.String,
  price: Money,
  /** Rises with every change. */
  version: Schema.Int,
  created_at: Schema.DateFromString,
  updated_at: Schema.DateFromString
}).annotate({ identifier: "Product" })

/** Products, newest first. */
export const ProductPage = Paged(ProductView, Schema.Tuple([ProductId]))

/** A product in a path: its id, or its SKU. What has the form of an id is taken for an id. */
export const ProductReference = Schema.Union([ProductId, Sku])

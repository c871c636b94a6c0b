import { TemporarilyUnavailable, TenantScope } from "@valerix/http/contract"
import { Paged } from "@valerix/http/paging"
import { Money, OrderId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import {
  InsufficientStockProblem,
  NewerEpochProblem,
  ProductNotFoundProblem,
  ReservationCancelledProblem,
  ReservationDiffersProblem,
  ReservationRefusedProblem
} from "./InventoryProblems.ts"
import { ProductReference } from "./ProductSchemas.ts"
import { Sku } from "./Sku.ts"

/** One product of one order. The product is named by id or SKU. */
export const OneProductBody = Schema.Struct({
  order_id: OrderId,
  product_id: ProductReference,
  quantity: Quantity
})

const stock = { stock: Schema.Int, reserved: Schema.Int }

/** How a product stands now: `stock` can still be sold, `reserved` is held for orders. */
export const ProductStockView = Schema.Struct({
  /** As the request named the product. */
  product_id: ProductReference,
  ...stock
})

const ListedStockView = Schema.Struct({
  /** The SKU. */
  product_id: Sku,
  name: Schema.String,
  price: Money,
  ...stock
})

/** Products with their stock, newest first. */
export const ProductStockPage = Paged(ListedStockView, Schema.Tuple([ProductId]))

/** Stock, reserving and releasing for orders of one product, in their shortest form. Not public. */
export const ProductStockGroup = HttpApiGroup.make("product-stock")
  .add(
    HttpApiEndpoint.get("listStock", "/inventory", {
      query: ProductStockPage.query,
      success: ProductStockPage.success
    }),
    HttpApiEndpoint.get("getStock", "/inventory/:product_id", {
      params: { product_id: ProductReference },
      success: ProductStockView,
      error: ProductNotFoundProblem
    }),
    HttpApiEndpoint.post("reserveProduct", "/inventory/reserve", {
      payload: OneProductBody,
      success: ProductStockView,
      error: [
        ProductNotFoundProblem,
        InsufficientStockProblem,
        ReservationCancelledProblem,
        ReservationDiffersProblem,
        ReservationRefusedProblem,
        TemporarilyUnavailable
      ]
    }),
    HttpApiEndpoint.post("releaseProduct", "/inventory/release", {
      payload: OneProductBody,
      success: ProductStockView,
      error: [ProductNotFoundProblem, ReservationDiffersProblem, NewerEpochProblem, TemporarilyUnavailable]
    })
  )
  .middleware(TenantScope)

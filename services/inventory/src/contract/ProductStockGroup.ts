import { TemporarilyUnavailable, TenantScope } from "@valerix/http"
import { OrderId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import {
  InsufficientStockProblem,
  ProductNotFoundProblem,
  ReservationCancelledProblem,
  ReservationRefusedProblem
} from "./InventoryProblems.ts"
import { ProductReference } from "./ProductSchemas.ts"

/** One product of one order. The product is named by id or SKU. */
export const OneProductBody = Schema.Struct({
  order_id: OrderId,
  product_id: ProductReference,
  quantity: Quantity
})

/** How a product stands now: `stock` can still be sold, `reserved` is held for orders. */
export const ProductStockView = Schema.Struct({
  /** As the request named the product. */
  product_id: ProductReference,
  stock: Schema.Int,
  reserved: Schema.Int
})

/** Reserving and releasing for orders of one line, in their shortest form. Not public. */
export const ProductStockGroup = HttpApiGroup.make("product-stock")
  .add(
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
        ReservationRefusedProblem,
        TemporarilyUnavailable
      ]
    }),
    HttpApiEndpoint.post("releaseProduct", "/inventory/release", {
      payload: OneProductBody,
      success: ProductStockView,
      error: [ProductNotFoundProblem, TemporarilyUnavailable]
    })
  )
  .middleware(TenantScope)

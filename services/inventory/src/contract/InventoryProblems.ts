import { Problem } from "@valerix/http/contract"
import { OrderId, ProductId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { stockAddedFields } from "./StockSchemas.ts"

export class ProductNotFoundProblem extends Problem<ProductNotFoundProblem>()("ProductNotFoundProblem", {
  code: "product_not_found",
  status: 404,
  title: "There is no such product.",
  members: { product_id: Schema.optionalKey(ProductId) }
}) {}

export class DuplicateSkuProblem extends Problem<DuplicateSkuProblem>()("DuplicateSkuProblem", {
  code: "duplicate_sku",
  status: 409,
  title: "Another product has this SKU.",
  members: { product_id: ProductId }
}) {}

/** The key has had its effect already; the members say what it was. */
export class DuplicateRequestProblem extends Problem<DuplicateRequestProblem>()("DuplicateRequestProblem", {
  code: "duplicate_request",
  status: 409,
  title: "The stock was added by an earlier request with this key.",
  members: stockAddedFields
}) {}

export class IdempotencyKeyReusedProblem extends Problem<IdempotencyKeyReusedProblem>()("IdempotencyKeyReusedProblem", {
  code: "idempotency_key_reused",
  status: 422,
  title: "The key was used for a different request."
}) {}

export class InsufficientStockProblem extends Problem<InsufficientStockProblem>()("InsufficientStockProblem", {
  code: "insufficient_stock",
  status: 409,
  title: "There is not enough stock.",
  members: {
    product_id: ProductId,
    product_sku: Schema.String,
    requested: Schema.Int,
    available: Schema.Int
  }
}) {}

/** The order's reservation was released, or a newer epoch spoke for it: it is never reserved by this request. */
export class ReservationCancelledProblem extends Problem<ReservationCancelledProblem>()("ReservationCancelledProblem", {
  code: "reservation_cancelled",
  status: 409,
  title: "The order can no longer be reserved by this request.",
  members: { order_id: OrderId }
}) {}

/** Nothing was changed. */
export class ReservationDiffersProblem extends Problem<ReservationDiffersProblem>()("ReservationDiffersProblem", {
  code: "reservation_differs",
  status: 409,
  title: "The order holds something else than the request names.",
  members: {
    order_id: OrderId,
    /** What it holds, products by SKU. */
    held: Schema.Array(Schema.Struct({ product_id: Schema.String, quantity: Schema.Int }))
  }
}) {}

/** Nothing was changed. */
export class NewerEpochProblem extends Problem<NewerEpochProblem>()("NewerEpochProblem", {
  code: "newer_epoch",
  status: 409,
  title: "The order is in the hands of its execution.",
  members: { order_id: OrderId }
}) {}

/** The database refused what was asked; a repetition is refused as well. */
export class ReservationRefusedProblem extends Problem<ReservationRefusedProblem>()("ReservationRefusedProblem", {
  code: "invalid_data",
  status: 422,
  title: "The order cannot be reserved as it is."
}) {}

import { TemporarilyUnavailable, TenantScope } from "@valerix/http/contract"
import { OrderId, ProductId, Quantity, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import {
  InsufficientStockProblem,
  ProductNotFoundProblem,
  ReservationCancelledProblem,
  ReservationRefusedProblem
} from "./InventoryProblems.ts"

const LINES_MAX = 2_000
const EPOCH_MAX = 2_147_483_647

/** Rises with every worker that takes an order over: what an older one sends later changes nothing. */
const Epoch = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: EPOCH_MAX }))

export const ReserveBody = Schema.Struct({
  order_id: OrderId,
  items: Schema.NonEmptyArray(Schema.Struct({ product_id: ProductId, quantity: Quantity })).check(
    Schema.isMaxLength(LINES_MAX)
  ),
  epoch: Schema.optionalKey(Epoch)
})

export const ReservedView = Schema.Struct({
  order_id: OrderId,
  /** One per product of the order; the same whenever the order is reserved again. */
  reservation_ids: Schema.Array(Uuid),
  line_items_reserved: Schema.Int,
  total_quantity_reserved: Schema.Int
})

export const ReleasedView = Schema.Struct({
  order_id: OrderId,
  released_count: Schema.Int,
  total_quantity_restored: Schema.Int,
  message: Schema.String
})

const refusals = [
  ProductNotFoundProblem,
  InsufficientStockProblem,
  ReservationCancelledProblem,
  ReservationRefusedProblem,
  TemporarilyUnavailable
] as const

/** The commands of an order's execution for callers in another process. Not public. */
export const ReservationsGroup = HttpApiGroup.make("reservations")
  .add(
    HttpApiEndpoint.post("reserve", "/inventory/reservations", {
      payload: ReserveBody,
      success: ReservedView.pipe(HttpApiSchema.status(201)),
      error: refusals
    }),
    HttpApiEndpoint.delete("release", "/inventory/reservations/:order_id", {
      params: { order_id: OrderId },
      query: { epoch: Schema.optionalKey(Epoch) },
      success: ReleasedView,
      error: TemporarilyUnavailable
    })
  )
  .middleware(TenantScope)

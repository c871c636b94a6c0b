import { Paged, TenantScope } from "@valerix/http"
import { CustomerId, OrderId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import * as Problems from "./OrderProblems.ts"
import { OrderStatusName, OrderView, PlaceOrderRequest, TimelineEntryView } from "./OrderSchemas.ts"
import { cancelOrderNotes, placeOrderNotes } from "./PlaceOrderNotes.ts"
import { PLACING_HEADERS, PLACING_PROBLEMS } from "./Placing.ts"

const byId = { order_id: OrderId }

export const OrderPage = Paged(OrderView, Schema.Tuple([OrderId]))

/** Placing orders and following them. */
export const OrdersGroup = HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.post("placeOrder", "/orders", {
      headers: PLACING_HEADERS,
      payload: PlaceOrderRequest,
      success: [OrderView.pipe(HttpApiSchema.status(202)), OrderView.pipe(HttpApiSchema.status(201))],
      error: PLACING_PROBLEMS
    }).annotateMerge(placeOrderNotes),
    HttpApiEndpoint.get("listOrders", "/orders", {
      query: {
        ...OrderPage.query,
        status: Schema.optionalKey(OrderStatusName),
        customer_id: Schema.optionalKey(CustomerId)
      },
      success: OrderPage.success
    }),
    HttpApiEndpoint.get("getOrder", "/orders/:order_id", {
      params: byId,
      success: OrderView,
      error: Problems.OrderNotFound
    }),
    HttpApiEndpoint.get("getOrderTimeline", "/orders/:order_id/timeline", {
      params: byId,
      success: Schema.Struct({ order_id: OrderId, data: Schema.Array(TimelineEntryView) }),
      error: Problems.OrderNotFound
    }),
    HttpApiEndpoint.put("cancelOrder", "/orders/:order_id/cancel", {
      params: byId,
      success: [OrderView.pipe(HttpApiSchema.status(202)), OrderView],
      error: [Problems.OrderNotFound, Problems.InvalidStatusTransition]
    }).annotateMerge(cancelOrderNotes)
  )
  .middleware(TenantScope)

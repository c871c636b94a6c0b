import { notes, Paged, TenantScope, ValidationError } from "@valerix/http"
import { Money, OrderId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import * as Problems from "./OrderProblems.ts"
import { OrderStatusName, ProductName } from "./OrderSchemas.ts"
import { PLACING_HEADERS, PLACING_PROBLEMS } from "./Placing.ts"

/** One product, by SKU or id, for the default customer and means of payment. */
export const ShortOrderRequest = Schema.Struct({ product_id: ProductName, quantity: Quantity }).annotate({
  identifier: "ShortOrderRequest"
})

/** An order of one product. Of an order of several, which the public door takes, product and quantity are null. */
export const ShortOrderView = Schema.Struct({
  id: OrderId,
  /** The SKU. */
  product_id: Schema.NullOr(Schema.String),
  quantity: Schema.NullOr(Quantity),
  status: OrderStatusName,
  message: Schema.String,
  total: Money,
  created_at: Schema.DateTimeUtcFromString,
  updated_at: Schema.DateTimeUtcFromString
}).annotate({ identifier: "ShortOrder" })

export const ShortOrderPage = Paged(ShortOrderView, Schema.Tuple([OrderId]))

const placeNotes = notes({
  summary: "Place an order of one product",
  description:
    "Waits a little more than two seconds for the order to be executed. What is not done by then goes on in the background: the answer is 202, and the order can be followed.",
  parameters: {
    "idempotency-key": {
      description: "The caller's own name for this order. Without one every request is a new order.",
      example: "cart-4711"
    },
    prefer: { description: "`wait=5` waits up to 5 seconds instead, 10 at most.", example: "wait=5" }
  },
  answers: {
    201: { description: "The order is confirmed: its stock is reserved and its money captured." },
    202: { description: "The order is being processed." }
  },
  examples: { one: { summary: "One piece", value: { product_id: "PROD-001", quantity: 1 } } }
})

/** Orders in their shortest form, without prefix. */
export const ShortOrdersGroup = HttpApiGroup.make("short-orders")
  .add(
    HttpApiEndpoint.post("placeOrder", "/orders", {
      headers: PLACING_HEADERS,
      payload: ShortOrderRequest,
      success: [ShortOrderView.pipe(HttpApiSchema.status(202)), ShortOrderView.pipe(HttpApiSchema.status(201))],
      error: [ValidationError, ...PLACING_PROBLEMS]
    }).annotateMerge(placeNotes),
    HttpApiEndpoint.get("listOrders", "/orders", {
      query: { ...ShortOrderPage.query, status: Schema.optionalKey(OrderStatusName) },
      success: ShortOrderPage.success
    }),
    HttpApiEndpoint.get("getOrder", "/orders/:order_id", {
      params: { order_id: OrderId },
      success: ShortOrderView,
      error: Problems.OrderNotFound
    })
  )
  .middleware(TenantScope)

import { CustomerId, Money, OrderId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"

/** Payload of `order.created`, version 1: the sales order exists, PENDING. `user_id` is the customer. */
export const OrderCreated = Schema.Struct({
  order_id: OrderId,
  user_id: CustomerId,
  total_amount: Money,
  items: Schema.Array(Schema.Struct({ product_id: ProductId, quantity: Quantity, price: Money }))
})

/** Payload of `order.confirmed`, version 1: stock is reserved and the money captured. */
export const OrderConfirmed = Schema.Struct({ order_id: OrderId, user_id: CustomerId, total_amount: Money })

/** Payload of `order.cancelled`, version 1. */
export const OrderCancelled = Schema.Struct({ order_id: OrderId, user_id: CustomerId, total_amount: Money })

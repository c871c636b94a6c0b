import type { DomainEvent } from "@valerix/messaging"
import { type Currency, formatAmount } from "@valerix/money-and-ids"
import type { OrderCancelled, OrderConfirmed, OrderCreated } from "../contract/OrderEvents.ts"
import type { CreateSalesOrder } from "../contract/OrdersCommands.ts"
import type { LockedOrder, OrderKey } from "./ports/SalesOrderRepository.ts"

// Payloads are written in their encoded form, checked by the compiler: encoding thousands of lines by schema takes time.
const money = (amountMinor: number, currency: Currency) => ({ amount: formatAmount(amountMinor, currency), currency })

const ofOrder = (
  eventType: string,
  { orderId, organizationId }: OrderKey,
  correlationId: string | undefined,
  payload: object
): DomainEvent => ({
  organizationId,
  eventType,
  eventVersion: 1,
  aggregateType: "order",
  aggregateId: orderId,
  correlationId,
  payload
})

export const orderCreated = (order: CreateSalesOrder): DomainEvent => {
  const payload: typeof OrderCreated.Encoded = {
    order_id: order.orderId,
    user_id: order.customerId,
    total_amount: money(order.totalMinor, order.currency),
    items: order.lines.map(({ productId, quantity, unitPriceMinor }) => ({
      product_id: productId,
      quantity,
      price: money(unitPriceMinor, order.currency)
    }))
  }
  return ofOrder("order.created", order, order.correlationId, payload)
}

const moved = (order: LockedOrder): typeof OrderConfirmed.Encoded & typeof OrderCancelled.Encoded => ({
  order_id: order.orderId,
  user_id: order.customerId,
  total_amount: money(order.totalMinor, order.currency)
})

export const orderConfirmed = (order: LockedOrder): DomainEvent =>
  ofOrder("order.confirmed", order, order.correlationId, moved(order))

export const orderCancelled = (order: LockedOrder): DomainEvent =>
  ofOrder("order.cancelled", order, order.correlationId, moved(order))

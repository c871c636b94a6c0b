import type { DomainEvent } from "@valerix/messaging"
import { formatAmount, type OrderId, type OrganizationId, type ProductId } from "@valerix/money-and-ids"
import type { Product } from "../domain/Product.ts"
import type { StockReason } from "../domain/StockMovement.ts"

interface OrderEvent {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly correlationId: string | undefined
}

type HeldLine = { readonly productId: ProductId; readonly quantity: number }

const ofOrder = (eventType: string, order: OrderEvent, payload: object): DomainEvent => ({
  organizationId: order.organizationId,
  eventType,
  eventVersion: 1,
  aggregateType: "reservation",
  aggregateId: order.orderId,
  correlationId: order.correlationId,
  payload: { order_id: order.orderId, ...payload }
})

const reservations = (lines: ReadonlyArray<HeldLine>) => ({
  reservations: lines.map(({ productId, quantity }) => ({ product_id: productId, quantity }))
})

/** All that the order wants is held for it. */
export const inventoryReserved = (order: OrderEvent, lines: ReadonlyArray<HeldLine>): DomainEvent =>
  ofOrder("inventory.reserved", order, reservations(lines))

/** The order gets nothing; `productId` is the first product that it failed on. */
export const inventoryReservationFailed = (order: OrderEvent, productId: string, reason: string): DomainEvent =>
  ofOrder("inventory.reservation_failed", order, { product_id: productId, reason })

/** What was held for the order can be sold again. */
export const inventoryReleased = (order: OrderEvent, lines: ReadonlyArray<HeldLine>): DomainEvent =>
  ofOrder("inventory.released", order, reservations(lines))

const ofProduct = (
  eventType: string,
  organizationId: OrganizationId,
  productId: ProductId,
  correlationId: string | undefined,
  payload: object
): DomainEvent => ({
  organizationId,
  eventType,
  eventVersion: 1,
  aggregateType: "product",
  aggregateId: productId,
  correlationId,
  payload: { product_id: productId, ...payload }
})

/** A product as others may keep it: the newest version wins. */
export const productEvent = (
  eventType: "product.created" | "product.updated",
  product: Product,
  correlationId: string | undefined
): DomainEvent =>
  ofProduct(eventType, product.organizationId, product.productId, correlationId, {
    sku: product.sku,
    name: product.name,
    price: {
      amount: formatAmount(product.price.amountMinor, product.price.currency),
      currency: product.price.currency
    },
    version: product.version
  })

/** Stock was added. */
export const inventoryAdjusted = (
  adjustment: {
    readonly organizationId: OrganizationId
    readonly productId: ProductId
    readonly sku: string
    readonly locationId: string
    readonly transactionId: string
    readonly quantity: number
    readonly onHandAfter: number
    readonly reason: StockReason
  },
  correlationId: string | undefined
): DomainEvent =>
  ofProduct("inventory.adjusted", adjustment.organizationId, adjustment.productId, correlationId, {
    sku: adjustment.sku,
    location_id: adjustment.locationId,
    adjustment_id: adjustment.transactionId,
    reason: adjustment.reason,
    previous_quantity: adjustment.onHandAfter - adjustment.quantity,
    added_quantity: adjustment.quantity,
    new_quantity: adjustment.onHandAfter
  })

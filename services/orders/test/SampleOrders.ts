import {
  Currency,
  CustomerId,
  MinorUnits,
  makeOrderId,
  makeProductId,
  type OrderId,
  OrganizationId,
  Quantity,
  uuidV7
} from "@valerix/money-and-ids"
import type { CreateSalesOrder, OrderCommand } from "../src/contract/index.ts"

export const makeOrganizationId = () => OrganizationId.make(uuidV7())
export const makeCustomerId = () => CustomerId.make(uuidV7())

/** An order as checkout sends it: two lines and shipping, 3 × 19.99 + 5.00 + 4.95 = 69.92 EUR. */
export const sampleOrder = (changes: Partial<CreateSalesOrder> = {}): CreateSalesOrder => ({
  organizationId: makeOrganizationId(),
  orderId: makeOrderId(),
  epoch: 1,
  correlationId: "req-1",
  customerId: makeCustomerId(),
  currency: Currency.make("EUR"),
  totalMinor: MinorUnits.make(6992),
  lines: [
    { productId: makeProductId(), sku: "MUG-1", quantity: Quantity.make(3), unitPriceMinor: MinorUnits.make(1999) },
    { productId: makeProductId(), sku: "PEN-1", quantity: Quantity.make(1), unitPriceMinor: MinorUnits.make(500) }
  ],
  adjustments: [{ kind: "SHIPPING", amountMinor: MinorUnits.make(495), description: "Parcel" }],
  shippingAddress: { city: "Lisbon", country: "PT" },
  externalReference: "web-42",
  ...changes
})

/** A command for an order, by default with the epoch of the order's creation. */
export const commandFor = (
  { correlationId, epoch, orderId, organizationId }: OrderCommand,
  changes: Partial<OrderCommand> = {}
): OrderCommand => ({ organizationId, orderId, epoch, correlationId, ...changes })

export type Key = { readonly organizationId: OrganizationId; readonly orderId: OrderId }

import type {
  Currency,
  CustomerId,
  MinorUnits,
  OrderId,
  OrganizationId,
  ProductId,
  Quantity
} from "@valerix/money-and-ids"
import { Data } from "effect"
import type { OrderStatus } from "./OrderStatus.ts"

export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number]
export const ADJUSTMENT_KINDS = ["SHIPPING", "TAX", "DISCOUNT", "FEE"] as const

export interface SalesOrderLine {
  readonly lineNumber: number
  readonly productId: ProductId
  readonly sku: string
  readonly quantity: Quantity
  readonly unitPriceMinor: MinorUnits
  readonly lineTotalMinor: MinorUnits
}

export interface SalesOrderAdjustment {
  readonly kind: AdjustmentKind
  readonly amountMinor: MinorUnits
  readonly description: string | undefined
}

/** A sales order as a list shows it. All its amounts are in its one currency. */
export interface SalesOrderSummary {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly soNumber: number
  readonly customerId: CustomerId
  readonly status: OrderStatus
  readonly currency: Currency
  readonly totalMinor: MinorUnits
  readonly externalReference: string | undefined
  readonly correlationId: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly confirmedAt: Date | undefined
  readonly cancelledAt: Date | undefined
}

/** A sales order as a whole: its total is the sum of its lines and adjustments. */
export interface SalesOrder extends SalesOrderSummary {
  readonly lines: ReadonlyArray<SalesOrderLine>
  readonly adjustments: ReadonlyArray<SalesOrderAdjustment>
  readonly shippingAddress: unknown
}

/** The organization has no sales order with this id. */
export class SalesOrderNotFound extends Data.TaggedError("SalesOrderNotFound")<{ readonly orderId: OrderId }> {}

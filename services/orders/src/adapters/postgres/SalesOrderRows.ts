import { Currency, CustomerId, MinorUnits, OrderId, OrganizationId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { ORDER_STATUSES } from "../../domain/OrderStatus.ts"
import {
  ADJUSTMENT_KINDS,
  type SalesOrder,
  type SalesOrderLine,
  type SalesOrderSummary
} from "../../domain/SalesOrder.ts"

const summaryFields = {
  organization_id: OrganizationId,
  order_id: OrderId,
  so_number: Schema.Int,
  customer_id: CustomerId,
  status: Schema.Literals(ORDER_STATUSES),
  currency: Currency,
  total_minor: MinorUnits,
  external_reference: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  created_at: Schema.Date,
  updated_at: Schema.Date,
  confirmed_at: Schema.NullOr(Schema.Date),
  cancelled_at: Schema.NullOr(Schema.Date)
}

export const SummaryRow = Schema.Struct(summaryFields)

export const OrderRow = Schema.Struct({
  ...summaryFields,
  adjustments: Schema.Array(
    Schema.Struct({
      kind: Schema.Literals(ADJUSTMENT_KINDS),
      amount_minor: MinorUnits,
      description: Schema.optionalKey(Schema.String)
    })
  ),
  shipping_address: Schema.Unknown
})

export const LineRow = Schema.Struct({
  line_number: Schema.Int,
  product_id: ProductId,
  sku: Schema.String,
  quantity: Quantity,
  unit_price_minor: MinorUnits,
  line_total_minor: MinorUnits
})

export const summaryOf = (row: typeof SummaryRow.Type): SalesOrderSummary => ({
  organizationId: row.organization_id,
  orderId: row.order_id,
  soNumber: row.so_number,
  customerId: row.customer_id,
  status: row.status,
  currency: row.currency,
  totalMinor: row.total_minor,
  externalReference: row.external_reference ?? undefined,
  correlationId: row.correlation_id ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  confirmedAt: row.confirmed_at ?? undefined,
  cancelledAt: row.cancelled_at ?? undefined
})

const lineOf = (row: typeof LineRow.Type): SalesOrderLine => ({
  lineNumber: row.line_number,
  productId: row.product_id,
  sku: row.sku,
  quantity: row.quantity,
  unitPriceMinor: row.unit_price_minor,
  lineTotalMinor: row.line_total_minor
})

export const orderOf = (row: typeof OrderRow.Type, lines: ReadonlyArray<typeof LineRow.Type>): SalesOrder => ({
  ...summaryOf(row),
  lines: lines.map(lineOf),
  adjustments: row.adjustments.map(({ amount_minor, description, kind }) => ({
    kind,
    amountMinor: amount_minor,
    description
  })),
  shippingAddress: row.shipping_address
})

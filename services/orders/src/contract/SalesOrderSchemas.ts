import { Paged } from "@valerix/http/paging"
import { CustomerId, Money, OrderId, ProductId, Quantity } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { Instant } from "./Instant.ts"

export const SalesOrderStatusName = Schema.Literals(["PENDING", "CONFIRMED", "CANCELLED"])
export const AdjustmentKind = Schema.Literals(["SHIPPING", "TAX", "DISCOUNT", "FEE"])

const summaryFields = {
  order_id: OrderId,
  /** The organization's number of the order, `SO-00000042`. */
  so_number: Schema.String,
  customer_id: CustomerId,
  status: SalesOrderStatusName,
  total: Money,
  external_reference: Schema.optionalKey(Schema.String),
  correlation_id: Schema.optionalKey(Schema.String),
  created_at: Schema.DateFromString,
  updated_at: Schema.DateFromString,
  confirmed_at: Schema.optionalKey(Schema.DateFromString),
  cancelled_at: Schema.optionalKey(Schema.DateFromString)
}

/** A sales order in a list. */
export const SalesOrderSummaryView = Schema.Struct(summaryFields).annotate({ identifier: "SalesOrderSummary" })

/** A sales order as a whole: its total is the sum of its lines and adjustments. */
export const SalesOrderView = Schema.Struct({
  ...summaryFields,
  lines: Schema.Array(
    Schema.Struct({
      line_number: Schema.Int,
      product_id: ProductId,
      sku: Schema.String,
      quantity: Quantity,
      unit_price: Money,
      line_total: Money
    })
  ),
  adjustments: Schema.Array(
    Schema.Struct({ kind: AdjustmentKind, amount: Money, description: Schema.optionalKey(Schema.String) })
  ),
  shipping_address: Schema.optionalKey(Schema.Unknown)
}).annotate({ identifier: "SalesOrder" })

/** Sales orders, newest first. */
export const SalesOrderPage = Paged(SalesOrderSummaryView, Schema.Tuple([Instant, OrderId]))

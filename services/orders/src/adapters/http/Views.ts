import type { OrderView } from "../../contract/OrdersGroup.ts"
import type { SalesOrderSummaryView, SalesOrderView } from "../../contract/SalesOrderSchemas.ts"
import type { SalesOrder, SalesOrderSummary } from "../../domain/SalesOrder.ts"
import { formatSalesOrderNumber } from "../../domain/SalesOrderNumber.ts"

export const summaryView = (order: SalesOrderSummary): typeof SalesOrderSummaryView.Type => ({
  order_id: order.orderId,
  so_number: formatSalesOrderNumber(order.soNumber),
  customer_id: order.customerId,
  status: order.status,
  total: { amountMinor: order.totalMinor, currency: order.currency },
  ...(order.externalReference === undefined ? {} : { external_reference: order.externalReference }),
  ...(order.correlationId === undefined ? {} : { correlation_id: order.correlationId }),
  created_at: order.createdAt,
  updated_at: order.updatedAt,
  ...(order.confirmedAt === undefined ? {} : { confirmed_at: order.confirmedAt }),
  ...(order.cancelledAt === undefined ? {} : { cancelled_at: order.cancelledAt })
})

export const salesOrderView = (order: SalesOrder): typeof SalesOrderView.Type => {
  const { currency } = order
  return {
    ...summaryView(order),
    lines: order.lines.map((line) => ({
      line_number: line.lineNumber,
      product_id: line.productId,
      sku: line.sku,
      quantity: line.quantity,
      unit_price: { amountMinor: line.unitPriceMinor, currency },
      line_total: { amountMinor: line.lineTotalMinor, currency }
    })),
    adjustments: order.adjustments.map(({ amountMinor, description, kind }) => ({
      kind,
      amount: { amountMinor, currency },
      ...(description === undefined ? {} : { description })
    })),
    ...(order.shippingAddress === null ? {} : { shipping_address: order.shippingAddress })
  }
}

/** The order in the words of its ledger entry. */
export const orderView = (order: SalesOrder): typeof OrderView.Type => ({
  order_id: order.orderId,
  order_ledger_id: order.orderId,
  user_id: order.customerId,
  status: order.status,
  currency: order.currency,
  total_amount_cents: order.totalMinor,
  items: order.lines.map(({ productId, quantity, sku, unitPriceMinor }) => ({
    product_id: productId,
    sku,
    quantity,
    unit_price_cents: unitPriceMinor
  })),
  adjustments: order.adjustments.map(({ amountMinor, kind }) => ({ kind, amount_cents: amountMinor })),
  created_at: order.createdAt,
  updated_at: order.updatedAt
})

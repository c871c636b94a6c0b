import { ProductId } from "@valerix/money-and-ids"
import { Option, Schema } from "effect"
import type { LedgerEntry } from "../../application/ports/OrderLedger.ts"
import { InsufficientStock, OrderCancelled, OrderFailed, PaymentDeclined } from "../../contract/OrderProblems.ts"

/** The problem document of an order that failed. */
export const problemOfFailed = (entry: LedgerEntry) => {
  const { orderId: order_id, failure } = entry
  const details = failure?.details ?? {}
  const detail = failure?.message ?? "The reason is not known."
  switch (failure?.code) {
    case "payment_declined":
      return new PaymentDeclined({
        order_id,
        detail,
        decline_code: String(details["decline_code"] ?? "generic_decline"),
        is_retryable: false
      })
    case "insufficient_stock":
      return new InsufficientStock({ order_id, detail, ...stockDetails(details) })
    case "cancelled_on_request":
      return new OrderCancelled({ order_id, detail })
    default:
      return new OrderFailed({ order_id, detail, reason: failure?.code ?? "unknown", step: failure?.step ?? "unknown" })
  }
}

const StockDetails = Schema.Struct({
  product_id: ProductId,
  product_sku: Schema.String,
  requested: Schema.Number,
  available: Schema.Number
})

const stockDetails = (details: Readonly<Record<string, string | number>>) =>
  Option.getOrElse(Schema.decodeUnknownOption(StockDetails)(details), () => ({}))

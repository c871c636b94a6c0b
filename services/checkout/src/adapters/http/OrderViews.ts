import { MinorUnits } from "@valerix/money-and-ids"
import { DateTime } from "effect"
import type { LedgerEntry, TimelineEntry } from "../../application/ports/OrderLedger.ts"
import type { OrderView, TimelineEntryView } from "../../contract/OrderSchemas.ts"
import { type OrderStatus, orderStatusOf } from "../../domain/LedgerStatus.ts"

/** What callers see of a ledger entry. */
export const orderViewOf = (entry: LedgerEntry): OrderView => {
  const { currency } = entry
  const status = orderStatusOf(entry.status, entry.nextRetryAt !== undefined)
  return {
    id: entry.orderId,
    status,
    ledger_status: entry.status,
    message: messageOf(entry, status),
    customer_id: entry.customerId,
    email: entry.email ?? null,
    items: entry.lines.map((line) => ({
      product_id: line.productId,
      sku: line.sku,
      quantity: line.quantity,
      unit_price: { amountMinor: line.unitPriceMinor, currency },
      line_total: { amountMinor: MinorUnits.make(line.unitPriceMinor * line.quantity), currency }
    })),
    adjustments: entry.adjustments.map(({ kind, amountMinor, description }) => ({
      kind,
      amount: { amountMinor, currency },
      description: description ?? null
    })),
    total: { amountMinor: entry.totalMinor, currency },
    shipping_address: entry.shippingAddress ?? null,
    payment: { method: entry.paymentMethod, authorization_id: entry.paymentAuthorizationId ?? null },
    external_reference: entry.externalReference ?? null,
    client_request_id: entry.clientRequestId,
    metadata: entry.metadata ?? null,
    retry_count: entry.retryCount,
    next_retry_at: entry.nextRetryAt === undefined ? null : DateTime.fromDateUnsafe(entry.nextRetryAt),
    cancel_requested: entry.cancelRequestedAt !== undefined,
    failure: entry.failure ?? null,
    parked: entry.parkReason ?? null,
    correlation_id: entry.correlationId ?? null,
    created_at: DateTime.fromDateUnsafe(entry.createdAt),
    updated_at: DateTime.fromDateUnsafe(entry.updatedAt)
  }
}

export const BEING_PROCESSED = "Order is being processed"

const messageOf = (entry: LedgerEntry, status: OrderStatus): string => {
  if (entry.parkReason !== undefined) return "Order needs an operator"
  if (status === "CONFIRMED") return "Order confirmed"
  if (entry.status === "AWAITING_AUTHORIZATION" && entry.isAbandoned)
    return "Not authorized; send the same request again"
  if (status === "FAILED") return entry.failure?.message ?? "Order failed"
  return entry.status === "AUTHORIZED" ? "Order received, processing" : BEING_PROCESSED
}

export const timelineEntryViewOf = (entry: TimelineEntry): TimelineEntryView => ({
  step: entry.step,
  attempt: entry.attempt,
  outcome: entry.outcome,
  detail: entry.detail ?? null,
  duration_ms: entry.durationMs,
  epoch: entry.epoch,
  principal: entry.principal ?? null,
  recorded_at: DateTime.fromDateUnsafe(entry.recordedAt)
})

import type { NewEntry } from "./ports/OrderLedger.ts"

/** What an entry of the ledger has of its request, as it was asked for. */
export const requestedFields = ({ idempotencyKey, order: { request } }: NewEntry) => ({
  clientRequestId: idempotencyKey,
  email: request.email,
  adjustments: request.adjustments.map(({ amount, description, kind }) => ({
    kind,
    amountMinor: amount.amountMinor,
    description
  })),
  shippingAddress: request.shippingAddress,
  paymentMethod: request.payment.method,
  externalReference: request.externalReference,
  metadata: request.metadata
})

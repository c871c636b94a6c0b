import type { ProductId } from "@valerix/money-and-ids"

/** Why stock was added. */
export type StockReason = "warehouse_receiving" | "manual_adjustment" | "return_to_stock" | "correction"

/** What a movement is to the books: goods came, goods left, goods changed their place, or the books were wrong. */
export type MovementType = "receipt" | "issue" | "transfer" | "adjustment"

/** Goods that arrive, or come back, are receipts; what only corrects the books is an adjustment. */
export const movementTypeOf = (reason: StockReason): MovementType =>
  reason === "warehouse_receiving" || reason === "return_to_stock" ? "receipt" : "adjustment"

/** One entry of the ledger of stock: signed, and never changed. */
export interface StockMovement {
  readonly transactionId: string
  readonly productId: ProductId
  readonly locationId: string
  readonly type: MovementType
  /** What it adds to the stock on hand; negative for goods that leave. */
  readonly quantity: number
  /** What was on hand right after it. */
  readonly onHandAfter: number
  readonly reason: StockReason
  readonly referenceId: string | undefined
  readonly notes: string | undefined
  readonly createdBy: string
  readonly createdAt: Date
}

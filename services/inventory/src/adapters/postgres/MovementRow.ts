import { ProductId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import type { StockMovement } from "../../domain/StockMovement.ts"

export const MovementRow = Schema.Struct({
  transaction_id: Uuid,
  product_id: ProductId,
  location_id: Uuid,
  type: Schema.Literals(["receipt", "issue", "transfer", "adjustment"]),
  quantity: Schema.Int,
  on_hand_after: Schema.Int,
  reason: Schema.Literals(["warehouse_receiving", "manual_adjustment", "return_to_stock", "correction"]),
  reference_id: Schema.NullOr(Schema.String),
  notes: Schema.NullOr(Schema.String),
  created_by: Schema.String,
  created_at: Schema.Date
})

/** The columns of a MovementRow, of `inventory_transactions m`. */
export const movementColumns = Object.keys(MovementRow.fields)
  .map((column) => `m.${column}`)
  .join(", ")

export const stockMovement = (row: typeof MovementRow.Type): StockMovement => ({
  transactionId: row.transaction_id,
  productId: row.product_id,
  locationId: row.location_id,
  type: row.type,
  quantity: row.quantity,
  onHandAfter: row.on_hand_after,
  reason: row.reason,
  referenceId: row.reference_id ?? undefined,
  notes: row.notes ?? undefined,
  createdBy: row.created_by,
  createdAt: row.created_at
})

import { Paged } from "@valerix/http/paging"
import { ProductId, Quantity, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { Sku } from "./Sku.ts"
import { text } from "./Text.ts"

const REFERENCE_MAX_CHARACTERS = 255
const NOTES_MAX_CHARACTERS = 1_000

/** Why stock is added: goods came in, were counted, came back from a customer, or a booking was wrong. */
export const StockReason = Schema.Literals([
  "warehouse_receiving",
  "manual_adjustment",
  "return_to_stock",
  "correction"
])

export const MovementType = Schema.Literals(["receipt", "issue", "transfer", "adjustment"])

/** 1 to 255 printable ASCII characters, chosen by the caller: one key, one effect. */
export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[\x20-\x7e]{1,255}$/u, { expected: "1 to 255 printable ASCII characters" })
)

/** `POST /inventory/products/{product_id}/stock`. */
export const AddStockBody = Schema.Struct({
  quantity: Quantity,
  reason: StockReason,
  /** The delivery note, return or count that it belongs to. */
  reference_id: Schema.optionalKey(text(REFERENCE_MAX_CHARACTERS)),
  notes: Schema.optionalKey(text(NOTES_MAX_CHARACTERS))
})

/** What adding stock did. */
export const stockAddedFields = {
  product_id: ProductId,
  sku: Sku,
  previous_quantity: Schema.Int,
  added_quantity: Schema.Int,
  new_quantity: Schema.Int,
  /** The movement in the ledger: `GET /inventory/transactions` lists it under this id. */
  adjustment_id: Uuid,
  created_at: Schema.DateFromString
}
export const StockAddedView = Schema.Struct(stockAddedFields).annotate({ identifier: "StockAdded" })

/** How much of a product there is, at all locations: `stock_quantity` on hand, `available` of it not reserved. */
export const AvailabilityView = Schema.Struct({
  product_id: ProductId,
  sku: Sku,
  stock_quantity: Schema.Int,
  available: Schema.Int
}).annotate({ identifier: "Availability" })

/** How much of a product there is at one location. */
export const BalanceView = Schema.Struct({
  product_id: ProductId,
  sku: Sku,
  location_id: Uuid,
  on_hand: Schema.Int,
  reserved: Schema.Int,
  available: Schema.Int,
  updated_at: Schema.DateFromString
}).annotate({ identifier: "Balance" })

/** Balances by product and location. */
export const BalancePage = Paged(BalanceView, Schema.Tuple([ProductId, Uuid]))

/** One movement of stock; `quantity` is signed. */
export const TransactionView = Schema.Struct({
  transaction_id: Uuid,
  product_id: ProductId,
  location_id: Uuid,
  type: MovementType,
  quantity: Schema.Int,
  /** What was on hand right after it. */
  on_hand_after: Schema.Int,
  reason: StockReason,
  reference_id: Schema.optionalKey(Schema.String),
  notes: Schema.optionalKey(Schema.String),
  created_by: Schema.String,
  created_at: Schema.DateFromString
}).annotate({ identifier: "InventoryTransaction" })

/** Movements, newest first. */
export const TransactionPage = Paged(TransactionView, Schema.Tuple([Uuid]))

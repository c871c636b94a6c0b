import type { StockAdded } from "../../application/AddStock.ts"
import type { ProductView } from "../../contract/ProductSchemas.ts"
import type { BalanceView, StockAddedView, TransactionView } from "../../contract/StockSchemas.ts"
import { availableOf, type Balance } from "../../domain/Balance.ts"
import type { Product } from "../../domain/Product.ts"
import type { StockMovement } from "../../domain/StockMovement.ts"

export const productView = (product: Product): typeof ProductView.Type => ({
  product_id: product.productId,
  sku: product.sku,
  name: product.name,
  price: product.price,
  version: product.version,
  created_at: product.createdAt,
  updated_at: product.updatedAt
})

export const stockAddedView = ({ movement, sku }: StockAdded): typeof StockAddedView.Type => ({
  product_id: movement.productId,
  sku,
  previous_quantity: movement.onHandAfter - movement.quantity,
  added_quantity: movement.quantity,
  new_quantity: movement.onHandAfter,
  adjustment_id: movement.transactionId,
  created_at: movement.createdAt
})

export const balanceView = (balance: Balance): typeof BalanceView.Type => ({
  product_id: balance.productId,
  sku: balance.sku,
  location_id: balance.locationId,
  on_hand: balance.onHand,
  reserved: balance.reserved,
  available: availableOf(balance),
  updated_at: balance.updatedAt
})

export const transactionView = (movement: StockMovement): typeof TransactionView.Type => ({
  transaction_id: movement.transactionId,
  product_id: movement.productId,
  location_id: movement.locationId,
  type: movement.type,
  quantity: movement.quantity,
  on_hand_after: movement.onHandAfter,
  reason: movement.reason,
  ...(movement.referenceId === undefined ? {} : { reference_id: movement.referenceId }),
  ...(movement.notes === undefined ? {} : { notes: movement.notes }),
  created_by: movement.createdBy,
  created_at: movement.createdAt
})

import type { InsufficientStock, ProductNotFound } from "../domain/InventoryErrors.ts"

/** How an order's refusal is answered and kept. */
export const refusalOf = (reason: ProductNotFound | InsufficientStock) =>
  reason._tag === "ProductNotFound"
    ? {
        code: "product_not_found",
        message: "There is no such product.",
        details: { product_id: reason.product }
      }
    : {
        code: "insufficient_stock",
        message: `${reason.requested} of ${reason.sku} were asked for and ${reason.available} are available.`,
        details: {
          product_id: reason.productId,
          product_sku: reason.sku,
          requested: reason.requested,
          available: reason.available
        }
      }

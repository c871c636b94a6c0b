import type { ProductId } from "@valerix/money-and-ids"

/** What there is of a product at a location. Always 0 ≤ reserved ≤ onHand. */
export interface Balance {
  readonly productId: ProductId
  readonly sku: string
  readonly locationId: string
  readonly onHand: number
  readonly reserved: number
  readonly updatedAt: Date
}

/** What can still be sold. */
export const availableOf = (balance: { readonly onHand: number; readonly reserved: number }): number =>
  balance.onHand - balance.reserved

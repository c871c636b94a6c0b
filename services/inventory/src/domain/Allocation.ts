import type { OrderId, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { InsufficientStock, ProductNotFound } from "./InventoryErrors.ts"

/** What can be sold of a product, and from where, at the moment of the allocation. */
export interface AvailableStock {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
  readonly sku: string
  readonly locationId: string
  readonly available: number
}

/** What an order wants. A product may stand in several lines. */
export interface Demand {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly lines: ReadonlyArray<{ readonly productId: ProductId; readonly quantity: number }>
}

/** Stock that an order takes: its lines of one product, summed. */
export interface Take {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly productId: ProductId
  readonly locationId: string
  readonly quantity: number
}

export type Allocation =
  | { readonly _tag: "Allocated"; readonly demand: Demand; readonly takes: ReadonlyArray<Take> }
  | { readonly _tag: "Refused"; readonly demand: Demand; readonly reason: ProductNotFound | InsufficientStock }

const keyOf = (organizationId: OrganizationId, productId: ProductId): string => `${organizationId}/${productId}`

/**
 * Gives stock to orders, one after the other in the order of the demands: each gets all that it wants or nothing, and
 * one that gets nothing leaves what is there to the next. Gives one allocation per demand, in the same order. An order
 * with a product that is not in the stock is refused as ProductNotFound, before any quantity is looked at.
 */
export const allocate = (
  stock: ReadonlyArray<AvailableStock>,
  demands: ReadonlyArray<Demand>
): ReadonlyArray<Allocation> => {
  const left = new Map(stock.map((entry) => [keyOf(entry.organizationId, entry.productId), { ...entry }]))
  return demands.map((demand) => {
    const wanted = summed(demand)
    const taken: Array<{ readonly from: { available: number }; readonly take: Take }> = []
    let shortage: InsufficientStock | undefined
    for (const [productId, quantity] of wanted) {
      const from = left.get(keyOf(demand.organizationId, productId))
      if (from === undefined) return { _tag: "Refused", demand, reason: new ProductNotFound({ product: productId }) }
      if (from.available < quantity) {
        shortage ??= new InsufficientStock({ productId, sku: from.sku, requested: quantity, available: from.available })
      }
      const { organizationId, orderId } = demand
      taken.push({ from, take: { organizationId, orderId, productId, locationId: from.locationId, quantity } })
    }
    if (shortage !== undefined) return { _tag: "Refused", demand, reason: shortage }
    for (const { from, take } of taken) from.available -= take.quantity
    return { _tag: "Allocated", demand, takes: taken.map(({ take }) => take) }
  })
}

/** The quantity wanted of each product, in the order in which the products first appear. */
const summed = (demand: Demand): ReadonlyMap<ProductId, number> => {
  const quantities = new Map<ProductId, number>()
  for (const { productId, quantity } of demand.lines) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity)
  }
  return quantities
}

import { batch, bigints, booleans, jsons, uuids } from "@valerix/database"
import { OrderId, OrganizationId, ProductId, Uuid, uuidV7 } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { distinctBy } from "../../application/DistinctBy.ts"
import { orderKeyOf } from "../../application/OrderKey.ts"
import { productKeyOf } from "../../application/ProductKey.ts"
import type { OrderKey, ProductKey, Refusal } from "../../application/ports/ReservationRepository.ts"
import type { Take } from "../../domain/Allocation.ts"
import type { Reservation } from "../../domain/Reservation.ts"

const RefusalJson = Schema.Struct({
  code: Schema.String,
  message: Schema.String,
  details: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))
})
export const DecisionRow = Schema.Struct({
  organization_id: OrganizationId,
  order_id: OrderId,
  refusal: Schema.NullOr(RefusalJson)
})
export const ProductKeyRow = Schema.Struct({ organization_id: OrganizationId, product_id: ProductId })
export const StockRow = Schema.Struct({
  organization_id: OrganizationId,
  product_id: ProductId,
  sku: Schema.String,
  location_id: Uuid,
  available: Schema.Int
})
export const ReservationRow = Schema.Struct({
  organization_id: OrganizationId,
  order_id: OrderId,
  product_id: ProductId,
  location_id: Uuid,
  reservation_id: Uuid,
  quantity: Schema.Int,
  status: Schema.Literals(["RESERVED", "RELEASED"])
})

export const reservation = (row: typeof ReservationRow.Type): Reservation => ({
  organizationId: row.organization_id,
  orderId: row.order_id,
  productId: row.product_id,
  locationId: row.location_id,
  reservationId: row.reservation_id,
  quantity: row.quantity,
  status: row.status
})

/** Orders as a table, each once. */
export const ordersAsTable = (orders: ReadonlyArray<OrderKey>) => {
  const distinct = distinctBy(orders, orderKeyOf)
  return batch("wanted", {
    organization_id: uuids(distinct.map(({ organizationId }) => organizationId)),
    order_id: uuids(distinct.map(({ orderId }) => orderId))
  })
}

/** Products as a table, each once, with whether it is among the locked. */
export const productsAsTable = (products: ReadonlyArray<ProductKey>, locked: ReadonlyArray<ProductKey> = []) => {
  const distinct = distinctBy(products, productKeyOf)
  const lockedKeys = new Set(locked.map(productKeyOf))
  return batch("wanted", {
    organization_id: uuids(distinct.map(({ organizationId }) => organizationId)),
    product_id: uuids(distinct.map(({ productId }) => productId)),
    is_locked: booleans(distinct.map((product) => lockedKeys.has(productKeyOf(product))))
  })
}

/** Balances as a table, each once. */
export const balancesAsTable = (balances: ReadonlyArray<ProductKey & { readonly locationId: string }>) => {
  const distinct = distinctBy(
    balances,
    ({ organizationId, productId, locationId }) => `${organizationId}/${productId}/${locationId}`
  )
  return batch("wanted", {
    organization_id: uuids(distinct.map(({ organizationId }) => organizationId)),
    product_id: uuids(distinct.map(({ productId }) => productId)),
    location_id: uuids(distinct.map(({ locationId }) => locationId))
  })
}

/** What is taken as a table, with an id for each reservation that it becomes. */
export const takesAsTable = (takes: ReadonlyArray<Take>) =>
  batch("taken", {
    organization_id: uuids(takes.map(({ organizationId }) => organizationId)),
    order_id: uuids(takes.map(({ orderId }) => orderId)),
    product_id: uuids(takes.map(({ productId }) => productId)),
    location_id: uuids(takes.map(({ locationId }) => locationId)),
    reservation_id: uuids(takes.map(() => uuidV7())),
    quantity: bigints(takes.map(({ quantity }) => quantity))
  })

export const refusalsAsTable = (refusals: ReadonlyArray<OrderKey & { readonly refusal: Refusal }>) =>
  batch("refused", {
    organization_id: uuids(refusals.map(({ organizationId }) => organizationId)),
    order_id: uuids(refusals.map(({ orderId }) => orderId)),
    refusal: jsons(refusals.map(({ refusal }) => refusal))
  })

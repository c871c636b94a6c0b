import { batch, ints, uuids } from "@valerix/database"
import type { OrganizationId } from "@valerix/money-and-ids"
import type { Statement } from "effect/sql"

export interface OrderKey {
  readonly organizationId: OrganizationId
  readonly orderId: string
}

const keyColumns = (orders: ReadonlyArray<OrderKey>) => ({
  organization_id: uuids(orders.map((order) => order.organizationId)),
  order_id: uuids(orders.map((order) => order.orderId))
})

/** Orders as the table `<name>(organization_id, order_id, position)`. */
export const orderKeys = (name: string, orders: ReadonlyArray<OrderKey>): Statement.Fragment =>
  batch(name, keyColumns(orders))

/** Authorizations as the table `<name>(organization_id, order_id, generation, position)`. */
export const authorizationKeys = (
  name: string,
  authorizations: ReadonlyArray<OrderKey & { readonly generation: number }>
): Statement.Fragment =>
  batch(name, { ...keyColumns(authorizations), generation: ints(authorizations.map((one) => one.generation)) })

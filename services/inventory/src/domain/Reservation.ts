import type { OrderId, OrganizationId, ProductId } from "@valerix/money-and-ids"

/**
 * Stock held for one product of an order. It is RESERVED until it is RELEASED, once and for good:
 *
 *     reserve ──▶ RESERVED ──release──▶ RELEASED
 */
export interface Reservation {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly productId: ProductId
  readonly locationId: string
  readonly reservationId: string
  readonly quantity: number
  readonly status: ReservationStatus
}

export type ReservationStatus = "RESERVED" | "RELEASED"

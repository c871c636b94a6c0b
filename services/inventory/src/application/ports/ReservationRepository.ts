import type { OrderId, OrganizationId, ProductId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { AvailableStock, Take } from "../../domain/Allocation.ts"
import type { Reservation } from "../../domain/Reservation.ts"

export interface OrderKey {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
}

export interface ProductKey {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
}

/** Why an order was refused, as it was answered. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, string | number>>
}

/** What was decided about an order before: it holds stock (no refusal), or was refused. */
export interface EarlierDecision extends OrderKey {
  readonly refusal: Refusal | undefined
}

/**
 * Stock held for orders, a batch at a time: each method is a fixed number of statements, whatever the size of the batch,
 * and runs in the caller's transaction.
 */
export class ReservationRepository extends Context.Service<
  ReservationRepository,
  {
    /** The decision about each of the orders that has one. */
    readonly earlierDecisions: (orders: ReadonlyArray<OrderKey>) => Effect.Effect<ReadonlyArray<EarlierDecision>>
    /**
     * Locks the products' balances in the order of their keys, whatever the order given, and says which there were to
     * lock. Says nothing of quantities: what it reads may be older than the lock.
     */
    readonly lockStock: (products: ReadonlyArray<ProductKey>) => Effect.Effect<ReadonlyArray<ProductKey>>
    /**
     * What is available of those of the products that exist, at MAIN. Only balances that were locked count: one that has
     * appeared since then is not this transaction's to give, and is seen as none.
     */
    readonly availableStock: (
      products: ReadonlyArray<ProductKey>,
      locked: ReadonlyArray<ProductKey>
    ) => Effect.Effect<ReadonlyArray<AvailableStock>>
    /** Moves what is taken from available to reserved, and writes the reservations. */
    readonly hold: (takes: ReadonlyArray<Take>) => Effect.Effect<void>
    readonly refuse: (refusals: ReadonlyArray<OrderKey & { readonly refusal: Refusal }>) => Effect.Effect<void>
    /** Makes everything available again that the orders hold, and gives the reservations that were released by it. */
    readonly release: (orders: ReadonlyArray<OrderKey>) => Effect.Effect<ReadonlyArray<Reservation>>
    /** All reservations of the orders, active or released, by order and product. */
    readonly ofOrders: (orders: ReadonlyArray<OrderKey>) => Effect.Effect<ReadonlyArray<Reservation>>
  }
>()("@valerix/inventory/ports/ReservationRepository") {}

import type { OrderId, OrganizationId, ProductId, Quantity } from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Context, type Effect } from "effect"

/** Names one order's execution to a participant; see Fenced in @valerix/saga. */
export interface ReservationCommand {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly epoch: number
  readonly correlationId: string | undefined
}

export interface ReserveStock extends ReservationCommand {
  /** A product may stand in several lines: it is reserved once, summed. */
  readonly lines: ReadonlyArray<{ readonly productId: ProductId; readonly quantity: Quantity }>
}

/**
 * The commands of an order's execution. Each takes a vector, in acceptance order, and gives one outcome per command;
 * each may be repeated. None fails as a whole: what the database could not do is an `Unavailable` of its command. Codes
 * of rejection: `product_not_found` {product_id}, `insufficient_stock` {product_id, product_sku, requested, available}.
 */
export class InventoryCommands extends Context.Service<
  InventoryCommands,
  {
    /** All lines of an order or none. A rejected order takes nothing from the next. */
    readonly reserve: (commands: ReadonlyArray<ReserveStock>) => Effect.Effect<ReadonlyArray<Outcome>>
    /** The undo of reserve; an order without reservation leaves a tombstone. */
    readonly release: (commands: ReadonlyArray<ReservationCommand>) => Effect.Effect<ReadonlyArray<Outcome>>
  }
>()("@valerix/inventory/contract/InventoryCommands") {}

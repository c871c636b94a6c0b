import type { Currency, CustomerId, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { CreateSalesOrder } from "../../contract/OrdersCommands.ts"
import type { OrderStatus } from "../../domain/OrderStatus.ts"

export interface OrderKey {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
}

/** What a transition and its event need to know of an order. */
export interface LockedOrder extends OrderKey {
  readonly customerId: CustomerId
  readonly status: OrderStatus
  readonly currency: Currency
  readonly totalMinor: MinorUnits
  readonly correlationId: string | undefined
}

/**
 * Sales orders as the commands change them: a whole vector at a time, each order in it once, inside the transaction of
 * the caller, which has to name the organizations of all of them.
 */
export class SalesOrderRepository extends Context.Service<
  SalesOrderRepository,
  {
    /** Inserts orders with their lines, PENDING, and gives those that were not there before. The others stay as they are. */
    readonly insert: (orders: ReadonlyArray<CreateSalesOrder>) => Effect.Effect<ReadonlyArray<CreateSalesOrder>>
    /** Locks orders until the end of the transaction and reads them. Those that are not there are left out. */
    readonly lock: (orders: ReadonlyArray<OrderKey>) => Effect.Effect<ReadonlyArray<LockedOrder>>
    /** Writes a new status to orders that the caller has locked and found able to take it. */
    readonly moveTo: (orders: ReadonlyArray<OrderKey>, status: Exclude<OrderStatus, "PENDING">) => Effect.Effect<void>
  }
>()("@valerix/orders/ports/SalesOrderRepository") {}

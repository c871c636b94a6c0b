import type { CustomerId, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { OrderStatus } from "../../domain/OrderStatus.ts"
import type { SalesOrder, SalesOrderSummary } from "../../domain/SalesOrder.ts"

/** Which orders a list shows, newest first. */
export interface SalesOrderFilter {
  readonly status: OrderStatus | undefined
  readonly customerId: CustomerId | undefined
  /** Created at this time or later. */
  readonly from: Date | undefined
  /** Created before this time. */
  readonly to: Date | undefined
  /** Go on after the order with this time of creation and id. */
  readonly after: readonly [createdAt: Date, orderId: OrderId] | undefined
  readonly limit: number
}

/** Sales orders as they are read, each time in a transaction of its own. */
export class SalesOrderQueries extends Context.Service<
  SalesOrderQueries,
  {
    /** The order with its lines, in the order of their numbers, and its adjustments. */
    readonly find: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<SalesOrder | undefined>
    readonly page: (
      organizationId: OrganizationId,
      filter: SalesOrderFilter
    ) => Effect.Effect<ReadonlyArray<SalesOrderSummary>>
  }
>()("@valerix/orders/ports/SalesOrderQueries") {}

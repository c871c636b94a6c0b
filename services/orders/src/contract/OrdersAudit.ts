import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** Something that must never be so. */
export interface OrdersFinding {
  /** The number of the promise that is broken: 3, 4 or 5. */
  readonly promise: number
  readonly code: OrdersFindingCode
  readonly organizationId: OrganizationId
  /** The order that it is about; a table for `row_security_off`. */
  readonly subject: string
  /** What was expected, and what is. */
  readonly message: string
}

export type OrdersFindingCode =
  /** There is more than one sales order of this id (promise 3). */
  | "order_duplicated"
  /** A line names an order that its organization does not have (4). */
  | "line_without_order"
  /** The database does not keep the rows of a table from other organizations (4). */
  | "row_security_off"
  /** The total is not lines + adjustments, or is negative (5). */
  | "order_total_mismatch"
  /** The adjustments are no amounts, so the total cannot be told (5). */
  | "order_adjustments_unreadable"
  /** The order's currency is no currency code (5). */
  | "order_currency_invalid"
  /** A line's total is not quantity × unit price (5). */
  | "line_total_mismatch"

export type SalesOrderStatus = "PENDING" | "CONFIRMED" | "CANCELLED"

/** How checks look into orders. Everything fails as a defect when the database is away. */
export class OrdersAudit extends Context.Service<
  OrdersAudit,
  {
    /** The organizations with rows here, in order, after the given one; at most 1,000, fewer at the end. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** What is wrong in these organizations; at most 1,000 findings. Right also while orders are being executed. */
    readonly findings: (organizations: ReadonlyArray<OrganizationId>) => Effect.Effect<ReadonlyArray<OrdersFinding>>
    /** The statuses of these orders (at most 10,000), in their order; none for an order that is not there. */
    readonly statusesOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<SalesOrderStatus | undefined>>
  }
>()("@valerix/orders/contract/OrdersAudit") {}

import type { Currency, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Check } from "@valerix/tenancy"
import { Context, type Effect } from "effect"

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
  /** The order's cancellation left its tombstone, and the order is not cancelled (7). */
  | "order_active_after_cancel"

export type OrdersCheck = Check<OrdersFindingCode>

export type SalesOrderStatus = "PENDING" | "CONFIRMED" | "CANCELLED"

/** A sales order as our books have it. */
export interface AuditedSalesOrder {
  readonly status: SalesOrderStatus
  readonly totalMinor: number
  readonly currency: Currency
}

/** How checks look into orders. Everything fails as a defect when the database is away. */
export class OrdersAudit extends Context.Service<
  OrdersAudit,
  {
    /** The organizations with rows here, in order, after the given one; at most 1,000, fewer at the end. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** What is wrong here alone. */
    readonly checks: ReadonlyArray<OrdersCheck>
    /** The sales orders, in order, after the given one. */
    readonly orders: (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrderId>>
    /** These orders (at most 10,000), in their order; none for one that is not there. */
    readonly salesOrdersOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<AuditedSalesOrder | undefined>>
  }
>()("@valerix/orders/contract/OrdersAudit") {}

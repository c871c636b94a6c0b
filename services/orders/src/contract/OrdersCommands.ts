import type {
  Currency,
  CustomerId,
  MinorUnits,
  OrderId,
  OrganizationId,
  ProductId,
  Quantity
} from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Context, type Effect } from "effect"

/** Names one order's execution to a participant; see Fenced in @valerix/saga. */
export interface OrderCommand {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly epoch: number
  readonly correlationId: string | undefined
}

export interface OrderLine {
  readonly productId: ProductId
  readonly sku: string
  readonly quantity: Quantity
  readonly unitPriceMinor: MinorUnits
}

export interface OrderAdjustment {
  readonly kind: "SHIPPING" | "TAX" | "DISCOUNT" | "FEE"
  readonly amountMinor: MinorUnits
  readonly description: string | undefined
}

export interface CreateSalesOrder extends OrderCommand {
  readonly customerId: CustomerId
  readonly currency: Currency
  readonly totalMinor: MinorUnits
  readonly lines: ReadonlyArray<OrderLine>
  readonly adjustments: ReadonlyArray<OrderAdjustment>
  readonly shippingAddress: unknown
  readonly externalReference: string | undefined
}

/**
 * The commands of an order's execution. Each takes a vector and gives one outcome per command, in its order; each may be
 * repeated. None fails as a whole: what the database could not do is an `Unavailable` of its command. Codes of
 * rejection: `order_total_mismatch` (create), `order_not_found` and `invalid_status_transition` (confirm, cancel).
 */
export class OrdersCommands extends Context.Service<
  OrdersCommands,
  {
    /** Creates the sales order, PENDING, with its lines. The same order again is Done, and nothing changes. */
    readonly create: (commands: ReadonlyArray<CreateSalesOrder>) => Effect.Effect<ReadonlyArray<Outcome>>
    /** PENDING to CONFIRMED. */
    readonly confirm: (commands: ReadonlyArray<OrderCommand>) => Effect.Effect<ReadonlyArray<Outcome>>
    /** The undo of create: PENDING or CONFIRMED to CANCELLED; an order that is not there leaves a tombstone. */
    readonly cancel: (commands: ReadonlyArray<OrderCommand>) => Effect.Effect<ReadonlyArray<Outcome>>
  }
>()("@valerix/orders/contract/OrdersCommands") {}

import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { OperationKind, OperationState } from "../../domain/Operation.ts"
import type { PaymentStatus } from "../../domain/Payment.ts"

/** An operation as it stands in the table, whatever may be wrong with it. */
export interface BookedOperation {
  readonly kind: OperationKind
  readonly key: string
  readonly state: OperationState
  readonly attempts: number
  readonly reference: string | undefined
  /** How long ago it was last asked for. */
  readonly askedMsAgo: number
}

/** A payment as it stands in the table, whatever may be wrong with it. */
export interface BookedPayment {
  readonly orderId: OrderId
  readonly generation: number
  readonly paymentId: string
  readonly status: PaymentStatus
  readonly currency: string
  readonly amountMinor: number
  readonly authorizedMinor: number
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly authorizationId: string | undefined
  readonly captureId: string | undefined
  readonly operations: ReadonlyArray<BookedOperation>
}

/** Reads our books for checks. Each method is one transaction. */
export class PaymentAuditQueries extends Context.Service<
  PaymentAuditQueries,
  {
    readonly organizations: (
      after: OrganizationId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** Tables whose rows the database does not keep from other organizations. */
    readonly openTables: Effect.Effect<ReadonlyArray<string>>
    /** Orders with an operation that has no payment. */
    readonly ordersWithStrayOperations: (
      organizationId: OrganizationId,
      limit: number
    ) => Effect.Effect<ReadonlyArray<string>>
    /** The orders that have payments, in order, after the given one. */
    readonly orders: (
      organizationId: OrganizationId,
      after: OrderId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrderId>>
    /** All payments of these orders, by order and generation. */
    readonly paymentsOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<BookedPayment>>
  }
>()("@valerix/payments/application/PaymentAuditQueries") {}

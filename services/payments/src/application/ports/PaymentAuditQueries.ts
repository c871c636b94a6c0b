import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { AuditedPayment, PaymentsAudit, PaymentsCheck } from "../../contract/PaymentsAudit.ts"
import type { OperationKind, OperationState } from "../../domain/Operation.ts"

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
export interface BookedPayment extends Pick<AuditedPayment, "paymentId" | "generation" | "status" | "isUndone"> {
  readonly orderId: OrderId
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
    /** What our books show alone, without the provider's. */
    readonly checks: ReadonlyArray<PaymentsCheck>
    readonly orders: PaymentsAudit["Service"]["orders"]
    readonly madeForDirectPayments: PaymentsAudit["Service"]["madeForDirectPayments"]
    /** All payments of these orders, by order and generation. */
    readonly paymentsOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<BookedPayment>>
  }
>()("@valerix/payments/application/PaymentAuditQueries") {}

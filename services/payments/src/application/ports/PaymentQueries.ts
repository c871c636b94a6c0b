import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { OperationKind } from "../../domain/Operation.ts"
import type { Payment, PaymentKey } from "../../domain/Payment.ts"
import type { PaymentId } from "../../domain/PaymentId.ts"

/** When an operation was asked for first and last, and answered for good. */
export interface OperationTimes {
  readonly requestedAt: Date
  readonly attemptedAt: Date
  readonly answeredAt: Date | undefined
}

/** A payment as it is read, without the means of payment. */
export interface PaymentRecord {
  readonly payment: Payment
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly times: { readonly [Kind in OperationKind]?: OperationTimes }
}

export interface PaymentFilter {
  readonly orderId: OrderId | undefined
  /** The last payment of the page before; pages go from the newest to the oldest. */
  readonly before: PaymentId | undefined
  readonly limit: number
}

export class PaymentQueries extends Context.Service<
  PaymentQueries,
  {
    readonly byId: (organizationId: OrganizationId, paymentId: PaymentId) => Effect.Effect<PaymentRecord | undefined>
    readonly byAuthorization: (
      organizationId: OrganizationId,
      authorizationId: string
    ) => Effect.Effect<PaymentRecord | undefined>
    readonly byKey: (key: PaymentKey) => Effect.Effect<PaymentRecord | undefined>
    readonly page: (
      organizationId: OrganizationId,
      filter: PaymentFilter
    ) => Effect.Effect<ReadonlyArray<PaymentRecord>>
  }
>()("@valerix/payments/application/PaymentQueries") {}

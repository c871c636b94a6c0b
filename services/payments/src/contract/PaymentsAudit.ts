import type { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Check } from "@valerix/tenancy"
import { Context, type Effect } from "effect"
import type { PaymentStatusName } from "./PaymentSchemas.ts"

export type PaymentsFindingCode =
  /** More is captured than is authorized, by our books or by the provider's (promise 2). */
  | "captured_exceeds_authorized"
  /** More is refunded than was captured, by our books or by the provider's (2). */
  | "refunded_exceeds_captured"
  /** The provider has captured an order more than once (2). */
  | "captured_more_than_once"
  /** Nothing is under way, and the provider has done something else than our books say (2). */
  | "provider_disagrees"
  /** The provider's answer to an operation is missing for longer than it may be (2). */
  | "operation_unresolved"
  /** An idempotency key has had more than one effect at the provider (3). */
  | "key_used_twice"
  /** The provider has done something for an order that we never asked for (3). */
  | "effect_unrecorded"
  /** An operation names a payment that its organization does not have (4). */
  | "operation_without_payment"
  /** The database does not keep the rows of a table from other organizations (4). */
  | "row_security_off"

export type PaymentsCheck = Check<PaymentsFindingCode>

/** A payment as our books have it. */
export interface AuditedPayment {
  readonly paymentId: string
  readonly generation: number
  readonly status: typeof PaymentStatusName.Type
  readonly currency: Currency
  readonly amountMinor: MinorUnits
  readonly authorizedMinor: MinorUnits
  readonly capturedMinor: MinorUnits
  readonly refundedMinor: MinorUnits
  /** Whether an answer of the provider is missing. */
  readonly isUnresolved: boolean
  /** Whether it was settled, or is about to be: its tombstone is there. */
  readonly isUndone: boolean
}

/** What came of an order's payments, by our books and by the provider's. */
export interface OrderPayments {
  /** From the first generation on. */
  readonly payments: ReadonlyArray<AuditedPayment>
  readonly provider: {
    /** Authorized, and neither captured, nor voided, nor expired. */
    readonly heldMinor: number
    readonly capturedMinor: number
    readonly refundedMinor: number
    readonly captures: number
  }
}

/** How checks look into payments. Everything fails as a defect when a database is away. */
export class PaymentsAudit extends Context.Service<
  PaymentsAudit,
  {
    /** The organizations with rows here, in order, after the given one; at most 1,000, fewer at the end. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** What is wrong here alone, and between our books and the provider's. */
    readonly checks: ReadonlyArray<PaymentsCheck>
    /** The orders that have payments, in order, after the given one. */
    readonly orders: (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<OrderId>>
    /** Which of these ids were made for payments that belong to no order, because a caller asked for them directly. */
    readonly madeForDirectPayments: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlySet<OrderId>>
    /** What came of the payments of these orders (at most 10,000), in their order. */
    readonly paymentsOf: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<OrderPayments>>
  }
>()("@valerix/payments/contract/PaymentsAudit") {}

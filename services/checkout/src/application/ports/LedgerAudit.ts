import type { Currency, MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Check } from "@valerix/tenancy"
import { Context, type Effect } from "effect"
import type { LedgerFindingCode } from "../../domain/LedgerFindings.ts"
import type { LedgerStatus } from "../../domain/LedgerStatus.ts"

/** An order as verifying sees it in the ledger. */
export interface AuditedOrder {
  readonly orderId: OrderId
  readonly status: LedgerStatus
  readonly generation: number
  readonly totalMinor: MinorUnits
  readonly currency: Currency
  /** Units of all lines together. */
  readonly quantity: number
  readonly epoch: number
  readonly retryCount: number
  readonly isAbandoned: boolean
  readonly isParked: boolean
  /** It is in the saga queue. */
  readonly isQueued: boolean
  /** An edge holds, or held, its present authorization. */
  readonly isLeased: boolean
  /** Authorizations of this order are still waiting to be settled by the sweep. */
  readonly isBeingSwept: boolean
  readonly stoodStillMs: number
}

/** How verifying looks into the ledger. */
export class LedgerAudit extends Context.Service<
  LedgerAudit,
  {
    /** The organizations with orders, or rows in the queues, in order, after the given one; at most 1,000. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** What is wrong in the ledger alone. */
    readonly checks: ReadonlyArray<Check<LedgerFindingCode>>
    readonly order: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<AuditedOrder | undefined>
    /** Orders in the order of their ids, after the given one. */
    readonly orders: (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<AuditedOrder>>
    /**
     * The unfinished ones among the next orders of the ledger, how many of these were looked at, and the order after which
     * to go on; none: this was the end.
     */
    readonly unfinished: (
      organizationId: OrganizationId,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<{
      readonly orders: ReadonlyArray<AuditedOrder>
      readonly lookedAt: number
      readonly next: string | undefined
    }>
    /** Which of these orders are still just as they were read. */
    readonly unmoved: (
      organizationId: OrganizationId,
      orders: ReadonlyArray<AuditedOrder>
    ) => Effect.Effect<ReadonlySet<OrderId>>
    /** Which of these orders are not in the ledger, but for those whose finding of this code was mended. */
    readonly unknown: (
      organizationId: OrganizationId,
      orderIds: ReadonlyArray<OrderId>,
      code: LedgerFindingCode
    ) => Effect.Effect<ReadonlyArray<OrderId>>
  }
>()("@valerix/checkout/LedgerAudit") {}

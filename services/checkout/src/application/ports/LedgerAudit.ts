import type { MinorUnits, OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { Finding } from "../../domain/Finding.ts"
import type { LedgerStatus } from "../../domain/LedgerStatus.ts"

/** An order as verifying sees it in the ledger. */
export interface AuditedOrder {
  readonly orderId: OrderId
  readonly status: LedgerStatus
  readonly generation: number
  readonly totalMinor: MinorUnits
  /** Units of all lines together. */
  readonly quantity: number
  readonly epoch: number
  readonly retryCount: number
  readonly isAbandoned: boolean
  readonly isParked: boolean
  /** There is a row that will move it on: of the saga queue, or an edge's lease. */
  readonly isQueued: boolean
  /** Authorizations of this order are still waiting to be settled by the sweep. */
  readonly isBeingSwept: boolean
  readonly stoodStillMs: number
}

/** How verifying looks into the ledger. */
export class LedgerAudit extends Context.Service<
  LedgerAudit,
  {
    /** The organizations with orders, in order, after the given one; at most 1,000. */
    readonly organizations: (after: OrganizationId | undefined) => Effect.Effect<ReadonlyArray<OrganizationId>>
    /** What is wrong in the ledger alone. */
    readonly findings: (organizations: ReadonlyArray<OrganizationId>) => Effect.Effect<ReadonlyArray<Finding>>
    /** Orders in the order of their ids, after the given one. */
    readonly orders: (
      organizationId: OrganizationId,
      after: OrderId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<AuditedOrder>>
    /** Which of these orders are still just as they were read. */
    readonly unmoved: (
      organizationId: OrganizationId,
      orders: ReadonlyArray<AuditedOrder>
    ) => Effect.Effect<ReadonlySet<OrderId>>
  }
>()("@valerix/checkout/LedgerAudit") {}

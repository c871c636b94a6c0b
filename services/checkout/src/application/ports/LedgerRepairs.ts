import type { DomainEvent } from "@valerix/messaging"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { Finding, Tenant } from "@valerix/tenancy"
import { Context, type Effect } from "effect"
import type { Execution } from "../../domain/Execution.ts"
import type { Intervened } from "../../domain/Intervention.ts"
import type { SeenSaga } from "./SagaOperations.ts"

/** What came of a repair. */
export type RepairOutcome =
  | "MENDED"
  /** It was not so any more: nothing was done. */
  | "MOVED"
  /** A person has to look. */
  | "LEFT"
  /** It could not be done now, and can be tried again. */
  | "FAILED"

/** What is about to be done. */
export interface BegunRepair {
  readonly tenant: Tenant
  readonly finding: Pick<Finding, "code" | "subject" | "message">
  readonly what: string
  readonly reason: string
}

/** How the order's timeline tells of a repair. */
export interface RepairNote {
  readonly orderId: OrderId
  readonly step: string
}

/**
 * The record of repairs, and what is repaired in the ledger and its queues alone: under their locks, and only if it still
 * is as it was found. False means that it is not, and nothing was changed.
 */
export class LedgerRepairs extends Context.Service<
  LedgerRepairs,
  {
    /** Records a repair before it is done; gives its id. */
    readonly begin: (repair: BegunRepair) => Effect.Effect<string>
    /** Records what came of it; with a note, in the timeline of the order as well, if the ledger has it. */
    readonly conclude: (
      repairId: string,
      repair: BegunRepair,
      end: { readonly outcome: RepairOutcome; readonly detail: string; readonly note: RepairNote | undefined }
    ) => Effect.Effect<void>
    /** Takes an order out of the queue that has ended, or that the ledger does not have. */
    readonly dequeue: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<boolean>
    /** Takes away the lease of an authorization that was concluded, or whose order the ledger does not have. */
    readonly forgetLease: (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<boolean>
    /** Writes those of the events that were not written, if the order still is in this status. */
    readonly appendMissing: (
      organizationId: OrganizationId,
      orderId: OrderId,
      status: string,
      events: ReadonlyArray<DomainEvent>
    ) => Effect.Effect<boolean>
    /** Changes an execution that still is as it was seen. */
    readonly intervene: (
      organizationId: OrganizationId,
      seen: SeenSaga,
      change: (execution: Execution) => Intervened
    ) => Effect.Effect<boolean>
  }
>()("@valerix/checkout/LedgerRepairs") {}

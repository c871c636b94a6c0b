import type { DomainEvent } from "@valerix/messaging"
import type { OrganizationId } from "@valerix/money-and-ids"
import type { Effect } from "effect"
import type { SagaFailure } from "./SagaDefinition.ts"

export interface SagaKey {
  readonly organizationId: OrganizationId
  readonly sagaId: string
}

/** A lease on a saga: it holds until `epoch` rises, which it does when the lease has run out and another claims. */
export interface Lease extends SagaKey {
  readonly epoch: number
}

/** How much a worker takes at a time. */
export interface ClaimOptions {
  /** The most sagas. */
  readonly limit: number
  /**
   * What the sagas may weigh together, in the unit of whoever enqueued them, so that the data of a batch fit into memory.
   * The last one may weigh more than what was left, because every saga has to come through.
   */
  readonly weightMax: number
  /** More than 0: a lease that has run out as it begins could be given twice in one claim. */
  readonly leaseMs: number
}

/** A saga as a worker finds it. Times are relative and measured by the store's clock, never by a worker's. */
export interface ClaimedSaga extends Lease {
  readonly version: number
  readonly status: string
  /** Attempts at the present step, or passes of compensation, that got no definite answer. */
  readonly attempts: number
  /** The latest attempts at the present step that never reached the participant, one after the other. */
  readonly unsent: number
  /** How long ago the first of them was recorded; 0 when there is none. */
  readonly unsentForMs: number
  /** How long the saga may still take before it has to turn back; none when there is no limit. */
  readonly expiresInMs: number | undefined
  /** The undos that are done. */
  readonly undone: ReadonlyArray<string>
  readonly cancelRequested: boolean
  readonly failure: SagaFailure | undefined
  readonly correlationId: string | undefined
}

/** One attempt at a step or an undo, for the timeline. */
export interface Attempt {
  readonly step: string
  readonly number: number
  readonly outcome: "DONE" | "REJECTED" | "UNAVAILABLE" | "NOT_SENT" | "CANCELLED"
  readonly detail: string | undefined
  readonly durationMs: number
}

/** What becomes of a claimed saga. It is applied only if the lease still holds and the status is the expected one. */
export interface Transition extends Lease {
  readonly expectedStatus: string
  readonly attempts: ReadonlyArray<Attempt>
  readonly change: /** The step is done; the worker goes on with the next one. */
    | { readonly _tag: "Advance"; readonly status: string }
    /**
     * The step or the undos are tried again after a delay; the lease is given back. The run of unsent attempts goes on
     * while `unsent` is more than 0, and ends at 0.
     */
    | {
        readonly _tag: "Retry"
        readonly attempts: number
        readonly unsent: number
        readonly undone: ReadonlyArray<string>
        readonly delayMs: number
      }
    /** The saga turns back; the worker goes on with the undos. */
    | { readonly _tag: "Compensate"; readonly failure: SagaFailure }
    /** The last step is done. If cancelling was asked for meanwhile, the saga turns back instead. */
    | {
        readonly _tag: "Complete"
        readonly events: ReadonlyArray<DomainEvent>
        readonly failureIfCancelled: SagaFailure
      }
    /** The last undo is done. */
    | { readonly _tag: "Fail"; readonly undone: ReadonlyArray<string>; readonly events: ReadonlyArray<DomainEvent> }
    /**
     * It cannot go on by itself; it stays where it is, visible, until someone resumes it. Its attempts are forgotten here
     * and now, so that it has all of them again then. Undos that are left out stay as they are.
     */
    | { readonly _tag: "Park"; readonly reason: string; readonly undone?: ReadonlyArray<string> | undefined }
}

/** What came of a transition. */
export type Recorded =
  | { readonly _tag: "Applied"; readonly status: string; readonly cancelRequested: boolean }
  /** The lease was lost: nothing was changed, and the saga is no longer this worker's. */
  | { readonly _tag: "Lost" }

/**
 * Where sagas are kept. Every unfinished saga can be claimed once its time has come; a parked one is unfinished and its
 * time does not come by itself. Implementations answer to one contract suite.
 */
export interface SagaStore {
  /**
   * Leases sagas that are due, taking turns between organizations; each gets the next epoch. One that cannot be read is
   * parked instead, so that no other has to wait for it.
   */
  readonly claim: (options: ClaimOptions) => Effect.Effect<ReadonlyArray<ClaimedSaga>>
  /** Extends leases; gives, per lease, whether it still holds. */
  readonly renew: (leases: ReadonlyArray<Lease>, leaseMs: number) => Effect.Effect<ReadonlyArray<boolean>>
  /**
   * Applies transitions, with their timeline and events, in one transaction; gives one result per transition. A saga of
   * which something cannot be written is parked instead, so that no other has to wait for it.
   */
  readonly record: (transitions: ReadonlyArray<Transition>) => Effect.Effect<ReadonlyArray<Recorded>>
  /** How long until the next saga is due, 0 when one is due now; none when nothing waits. */
  readonly nextDueMs: Effect.Effect<number | undefined>
  /** The versions of all unfinished sagas. */
  readonly unfinishedVersions: Effect.Effect<ReadonlyArray<number>>
}

import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"

/** What every command of a saga carries, so that a participant can tell a late one from a current one. */
export interface Fenced {
  readonly organizationId: OrganizationId
  /** The saga's id: for an order's execution, the order's. */
  readonly sagaId: string
  /** Rises with every claim of the saga; a worker that was presumed dead speaks with an older one. */
  readonly epoch: number
  /** Separates successive tries at the same thing, each with an undo of its own; 0 where there is one only. */
  readonly generation?: number
}

/**
 * The participant's half of fencing: one fence per saga (and generation), which knows the newest epoch seen, and whether
 * the undo has come. Forward commands and undos of one saga meet on it, so one waits for the other, whatever else they
 * touch. Ask it first in the transaction that does the command's work.
 */
export class SagaFences extends Context.Service<
  SagaFences,
  {
    /**
     * Admits forward commands. Gives, per command, true to go on, or false to answer `cancelled` and change nothing: its
     * undo came first, or a newer epoch did.
     */
    readonly admit: (commands: ReadonlyArray<Fenced>) => Effect.Effect<ReadonlyArray<boolean>>
    /**
     * Admits undos and leaves their tombstones: from here on no forward command of the saga is admitted. False means that
     * a newer epoch was seen and nothing may be changed.
     */
    readonly undo: (commands: ReadonlyArray<Fenced>) => Effect.Effect<ReadonlyArray<boolean>>
  }
>()("@valerix/saga/SagaFences") {}

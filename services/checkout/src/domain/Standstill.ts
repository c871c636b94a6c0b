import { isAtRest, type LedgerStatus } from "./LedgerStatus.ts"

/** An order as whoever looks for standstill has to see it. */
export interface StandingOrder {
  readonly status: LedgerStatus
  /** Nobody was ever answered for it: its authorization was given up, and it waits for its key to be sent again. */
  readonly isAbandoned: boolean
  /** It is in the saga queue. */
  readonly isQueued: boolean
  /** Its present authorization is leased to an edge. */
  readonly isLeased: boolean
  /** Any of its authorizations is leased still. */
  readonly isBeingSwept: boolean
}

/** Nothing more happens to it by itself: it has ended, or its authorization was given up and is settled. */
export const restsOf = ({ isAbandoned, isBeingSwept, status }: StandingOrder): boolean =>
  isAtRest(status) || (isAbandoned && !isBeingSwept)

/** It is unfinished, and nothing will move it on. */
export const isInLimbo = (order: StandingOrder): boolean =>
  !restsOf(order) &&
  !order.isAbandoned &&
  (order.status === "AWAITING_AUTHORIZATION" ? !order.isLeased : !order.isQueued)

/** It has been so for longer than an unfinished order may stand still. */
export const isLost = (order: StandingOrder & { readonly stoodStillMs: number }, boundMs: number): boolean =>
  isInLimbo(order) && order.stoodStillMs > boundMs

export const LOST_TURN = "it was in no queue"
export const LOST_LEASE = "its authorization was leased to nobody"

/** Why an execution is moved on whose turn was set to a time that no lease and no retry comes to. */
export const farAway = (visibleAt: Date | undefined): string =>
  `its turn was set to ${visibleAt?.toISOString() ?? "a time far away"}, which no lease or retry comes to`

/**
 * How far the epoch of an execution jumps that is put back into the queue: it was claimed more often than the ledger knows,
 * and what participants have seen of it must be older.
 */
export const EPOCHS_SKIPPED = 1_000

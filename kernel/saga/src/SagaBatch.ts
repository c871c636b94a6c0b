import { Effect } from "effect"
import { monotonicMs } from "./MonotonicMs.ts"
import type { SagaItem } from "./SagaDefinition.ts"
import type { ClaimedSaga, SagaKey, SagaStore } from "./SagaStore.ts"

/** A claimed saga under way in a batch. */
export interface Running<Data> {
  readonly saga: ClaimedSaga
  readonly item: SagaItem<Data>
}

export interface SagaLeases {
  readonly store: SagaStore
  readonly leaseMs: number
}

/**
 * The sagas that a batch still holds, each as it stands. Their leases are renewed together, wherever they stand: one that
 * waits while its neighbours catch up needs its lease as much as they do.
 */
export class SagaBatch<Data> {
  private readonly running = new Map<string, Running<Data>>()
  private readonly leases: SagaLeases
  /** When it was claimed, by the worker's clock. */
  readonly claimedAtMs: number
  /** By the worker's clock: it only decides when to ask the store again. */
  private leasedAtMs: number

  constructor(leases: SagaLeases, claimedAtMs: number) {
    this.leases = leases
    this.claimedAtMs = claimedAtMs
    this.leasedAtMs = claimedAtMs
  }

  /** Takes a saga in, or what has become of it. */
  keep(one: Running<Data>): void {
    this.running.set(keyOf(one.saga), one)
  }

  /** Leaves a saga out that waits, has ended, or was lost. */
  drop(saga: SagaKey): void {
    this.running.delete(keyOf(saga))
  }

  /** The sagas that stand at a status, in the order in which they were claimed. */
  at(status: string): ReadonlyArray<Running<Data>> {
    return [...this.running.values()].filter(({ saga }) => saga.status === status)
  }

  /** Gives those of these sagas that the batch still holds, after renewing all leases if they have grown old. */
  hold(sagas: ReadonlyArray<Running<Data>>): Effect.Effect<ReadonlyArray<Running<Data>>> {
    return Effect.map(sagas.length === 0 ? Effect.void : Effect.flatMap(monotonicMs, this.renewIfOld), () =>
      sagas.filter(({ saga }) => this.running.has(keyOf(saga)))
    )
  }

  private readonly renewIfOld = (nowMs: number): Effect.Effect<void> => {
    const { leaseMs, store } = this.leases
    if (nowMs - this.leasedAtMs < leaseMs * RENEWAL_SHARE) return Effect.void
    const all = [...this.running.values()].map(({ saga }) => saga)
    return Effect.map(store.renew(all, leaseMs), (holds) => {
      this.leasedAtMs = nowMs
      all.forEach((saga, index) => {
        if (holds[index] !== true) this.drop(saga)
      })
    })
  }
}

/** The part of a lease after which it is renewed; the rest has to outlast a command. */
const RENEWAL_SHARE = 1 / 4

export const keyOf = ({ organizationId, sagaId }: SagaKey): string => `${organizationId}/${sagaId}`

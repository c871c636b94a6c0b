import type { DomainEvent } from "@valerix/messaging"
import { Clock, Effect } from "effect"
import type { SagaStatuses } from "./SagaDefinition.ts"
import type {
  Attempt,
  ClaimedSaga,
  ClaimOptions,
  Lease,
  Recorded,
  SagaKey,
  SagaStore,
  Transition
} from "./SagaStore.ts"

/** A saga at rest in the memory store. Times are milliseconds of the store's clock. */
export interface StoredSaga extends Omit<ClaimedSaga, "unsentForMs" | "expiresInMs"> {
  readonly weight: number
  readonly unsentSinceMs: number | undefined
  readonly expiresAtMs: number | undefined
  /** When it may be claimed; none once it has ended, Infinity while it is parked. */
  readonly visibleAtMs: number | undefined
  /** When it is tried again; none unless that is what it waits for. */
  readonly nextRetryAtMs: number | undefined
  readonly parkReason: string | undefined
  /** When something was last recorded of it. */
  readonly recordedAtMs: number
}

/** An attempt as it is kept. */
export interface StoredAttempt extends Lease, Attempt {
  readonly recordedAtMs: number
}

/**
 * Keeps sagas in memory, for simulations. Its clock is Effect's, so a test's clock moves it. It does what the PostgreSQL
 * store does, one call at a time: calls of concurrent workers never overlap.
 */
export class SagaStoreMemory implements SagaStore {
  readonly sagas = new Map<string, StoredSaga>()
  readonly timeline: Array<StoredAttempt> = []
  readonly events: Array<DomainEvent> = []
  private lastServed = ""
  private readonly statuses: SagaStatuses

  constructor(statuses: SagaStatuses) {
    this.statuses = statuses
  }

  put(saga: StoredSaga): void {
    this.sagas.set(saga.sagaId, saga)
  }

  /** Adds an attempt to the timeline. */
  note({ epoch, organizationId, sagaId }: Lease, attempt: Attempt, nowMs: number): void {
    const durationMs = Math.round(attempt.durationMs)
    this.timeline.push({ organizationId, sagaId, epoch, ...attempt, durationMs, recordedAtMs: nowMs })
  }

  readonly claim: SagaStore["claim"] = (options) =>
    Effect.map(Clock.currentTimeMillis, (nowMs) =>
      this.chosen(this.takingTurns(nowMs), options).map((saga) => {
        const claimed = { ...saga, epoch: saga.epoch + 1, visibleAtMs: nowMs + options.leaseMs }
        this.put(claimed)
        return asClaimed(claimed, nowMs)
      })
    )

  readonly renew: SagaStore["renew"] = (leases, leaseMs) =>
    Effect.map(Clock.currentTimeMillis, (nowMs) =>
      leases.map((lease) => {
        const { epoch } = lease
        const saga = this.find(lease)
        if (saga === undefined || saga.epoch !== epoch || saga.visibleAtMs === undefined) return false
        this.put({ ...saga, visibleAtMs: nowMs + leaseMs })
        return true
      })
    )

  readonly record: SagaStore["record"] = (transitions) =>
    Effect.map(Clock.currentTimeMillis, (nowMs) => transitions.map((transition) => this.apply(transition, nowMs)))

  readonly nextDueMs: SagaStore["nextDueMs"] = Effect.map(Clock.currentTimeMillis, (nowMs) => {
    const times = [...this.sagas.values()].map((saga) => saga.visibleAtMs ?? Number.POSITIVE_INFINITY)
    const next = Math.min(Number.POSITIVE_INFINITY, ...times)
    return Number.isFinite(next) ? Math.max(0, next - nowMs) : undefined
  })

  readonly unfinishedVersions: SagaStore["unfinishedVersions"] = Effect.sync(() => [
    ...new Set([...this.sagas.values()].filter((saga) => saga.visibleAtMs !== undefined).map((saga) => saga.version))
  ])

  /** What is due, the oldest of each organization first, beginning with the organization after the one served last. */
  private takingTurns(nowMs: number): ReadonlyArray<StoredSaga> {
    const due = [...this.sagas.values()]
      .filter((saga) => saga.visibleAtMs !== undefined && saga.visibleAtMs <= nowMs)
      .sort((a, b) => (a.visibleAtMs ?? 0) - (b.visibleAtMs ?? 0))
    const ranks = new Map<string, number>()
    const ranked = due.map((saga) => {
      const rank = ranks.get(saga.organizationId) ?? 0
      ranks.set(saga.organizationId, rank + 1)
      return { saga, rank, turn: saga.organizationId > this.lastServed ? 0 : 1 }
    })
    ranked.sort(
      (a, b) => a.rank - b.rank || a.turn - b.turn || (a.saga.organizationId < b.saga.organizationId ? -1 : 1)
    )
    return ranked.map(({ saga }) => saga)
  }

  /** First each organization's share of the weight, in turns, and then what there is room for. */
  private chosen(due: ReadonlyArray<StoredSaga>, { limit, weightMax }: ClaimOptions): ReadonlyArray<StoredSaga> {
    const share = weightMax / Math.min(limit, new Set(due.map((saga) => saga.organizationId)).size)
    const chosen = new Set<StoredSaga>()
    const weights = new Map<string, number>()
    let weight = 0
    const choose = (weightOfOneMax: number) => {
      for (const saga of due) {
        const own = weights.get(saga.organizationId) ?? 0
        if (chosen.size >= limit || weight >= weightMax || own >= weightOfOneMax || chosen.has(saga)) continue
        chosen.add(saga)
        weight += saga.weight
        weights.set(saga.organizationId, own + saga.weight)
      }
    }
    choose(share)
    this.lastServed = [...chosen].at(-1)?.organizationId ?? this.lastServed
    choose(weightMax)
    return [...chosen]
  }

  private apply(transition: Transition, nowMs: number): Recorded {
    const saga = this.find(transition)
    const isOwned =
      saga !== undefined &&
      saga.visibleAtMs !== undefined &&
      saga.epoch === transition.epoch &&
      saga.status === transition.expectedStatus
    if (!isOwned) return { _tag: "Lost" }
    const next = { ...this.changed(saga, transition.change, nowMs), recordedAtMs: nowMs }
    this.put(next)
    for (const attempt of transition.attempts) this.note(transition, attempt, nowMs)
    const hasEnded = next.status === this.statuses.completed || next.status === this.statuses.failed
    if ("events" in transition.change && hasEnded) this.events.push(...transition.change.events)
    return { _tag: "Applied", status: next.status, cancelRequested: next.cancelRequested }
  }

  private find({ organizationId, sagaId }: SagaKey): StoredSaga | undefined {
    const saga = this.sagas.get(sagaId)
    return saga?.organizationId === organizationId ? saga : undefined
  }

  private changed(saga: StoredSaga, change: Transition["change"], nowMs: number): StoredSaga {
    const untried = { attempts: 0, unsent: 0, unsentSinceMs: undefined, nextRetryAtMs: undefined }
    const fresh = { ...saga, ...untried, parkReason: undefined }
    const compensating = { ...fresh, status: this.statuses.compensating }
    switch (change._tag) {
      case "Advance":
        return { ...fresh, status: change.status }
      case "Retry": {
        const { attempts, unsent, undone, delayMs } = change
        const unsentSinceMs = unsent > 0 ? (saga.unsentSinceMs ?? nowMs) : undefined
        const dueAtMs = nowMs + delayMs
        return { ...fresh, attempts, unsent, unsentSinceMs, undone, nextRetryAtMs: dueAtMs, visibleAtMs: dueAtMs }
      }
      case "Compensate":
        return { ...compensating, failure: change.failure }
      case "Complete":
        return saga.cancelRequested
          ? { ...compensating, failure: change.failureIfCancelled }
          : { ...fresh, status: this.statuses.completed, visibleAtMs: undefined }
      case "Fail":
        return { ...fresh, status: this.statuses.failed, undone: change.undone, visibleAtMs: undefined }
      case "Park": {
        const { reason, undone = saga.undone } = change
        return { ...fresh, undone, parkReason: reason, visibleAtMs: Number.POSITIVE_INFINITY }
      }
    }
  }
}

const asClaimed = (saga: StoredSaga, nowMs: number): ClaimedSaga => ({
  ...saga,
  unsentForMs: saga.unsentSinceMs === undefined ? 0 : nowMs - saga.unsentSinceMs,
  expiresInMs: saga.expiresAtMs === undefined ? undefined : saga.expiresAtMs - nowMs
})

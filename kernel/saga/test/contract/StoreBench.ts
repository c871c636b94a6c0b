import { Context, type Effect } from "effect"
import type { Attempt, ClaimedSaga, SagaFailure, SagaKey, SagaStore } from "../../src/index.ts"

/** A saga to begin a test with; what is left out is as it is with a saga that was just begun. */
export interface NewSaga extends SagaKey {
  readonly status?: string
  readonly version?: number
  readonly epoch?: number
  readonly attempts?: number
  readonly unsent?: number
  readonly undone?: ReadonlyArray<string>
  readonly failure?: SagaFailure
  readonly correlationId?: string
  readonly cancelRequested?: boolean
  /** Infinity for a parked one. */
  readonly dueInMs?: number
  /** How long ago the first of the unsent attempts was, if there are any. */
  readonly unsentForMs?: number
  readonly weight?: number
  readonly expiresInMs?: number
}

/** All that a store holds of one saga. Times are those of the store's clock. */
export interface SeenSaga {
  readonly status: string
  readonly attempts: number
  readonly unsent: number
  readonly undone: ReadonlyArray<string>
  readonly failure: SagaFailure | undefined
  readonly parkReason: string | undefined
  readonly unsentSinceMs: number | undefined
  /** Its lease; none once it has ended. */
  readonly queue: { readonly epoch: number; readonly dueAtMs: number } | undefined
  readonly timeline: ReadonlyArray<Attempt>
  readonly eventTypes: ReadonlyArray<string>
}

/** A store under test, with what its contract needs to arrange and to look behind it. */
export class StoreBench extends Context.Service<
  StoreBench,
  {
    readonly store: SagaStore
    /** The same sagas, as another worker reaches them. */
    readonly otherStore: SagaStore
    readonly put: (sagas: ReadonlyArray<NewSaga>) => Effect.Effect<void>
    readonly see: (key: SagaKey) => Effect.Effect<SeenSaga>
    readonly nowMs: Effect.Effect<number>
    /** Moves the store's clock. */
    readonly passTime: (ms: number) => Effect.Effect<void>
    readonly askToCancel: (key: SagaKey) => Effect.Effect<void>
    /** Makes a parked saga due, and changes nothing else. */
    readonly resume: (key: SagaKey) => Effect.Effect<void>
  }
>()("@valerix/saga/test/StoreBench") {}

/** What a claim gave, without what an implementation adds to it. */
export const known = (saga: ClaimedSaga) => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  version: saga.version,
  status: saga.status,
  attempts: saga.attempts,
  unsent: saga.unsent,
  undone: saga.undone,
  cancelRequested: saga.cancelRequested,
  failure: saga.failure,
  correlationId: saga.correlationId
})

import { Effect } from "effect"
import type { Attempt, ClaimedSaga, SagaKey, Transition } from "../../src/index.ts"
import { StoreBench } from "./StoreBench.ts"

/** Far more than the sagas of a test weigh, where their weight is not what it is about. */
export const WEIGHT_MAX = 1_000_000

/** Far longer than a test takes, because PostgreSQL's clock cannot be stopped. */
export const LEASE_MS = 60_000

/** How far PostgreSQL's clock may go on between a write and a look at it. */
export const DRIFT_MS = 10_000

export const claim = Effect.fnUntraced(function* (limit = 100, weightMax = WEIGHT_MAX) {
  const { store } = yield* StoreBench
  return yield* store.claim({ limit, weightMax, leaseMs: LEASE_MS })
})

/** Claims one saga, which has to be the only one that is due. */
export const claimOnly = Effect.fnUntraced(function* (trip: SagaKey) {
  const claimed = yield* claim()
  const [saga] = claimed
  if (saga === undefined || claimed.length > 1 || saga.sagaId !== trip.sagaId) {
    return yield* Effect.die(`expected to claim ${trip.sagaId} alone, and claimed ${claimed.length} sagas`)
  }
  return saga
})

export const transition = (
  saga: ClaimedSaga,
  change: Transition["change"],
  attempts: ReadonlyArray<Attempt> = []
): Transition => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  expectedStatus: saga.status,
  attempts,
  change
})

export const attempt = (step: string, number: number, outcome: Attempt["outcome"], detail?: string): Attempt => ({
  step,
  number,
  outcome,
  detail,
  durationMs: 12
})

/** Records one transition, and gives what came of it and what the store holds afterwards. */
export const recordOne = Effect.fnUntraced(function* (one: Transition) {
  const { see, store } = yield* StoreBench
  const [result] = yield* store.record([one])
  return { result, seen: yield* see(one) }
})

export const idsOf = (sagas: ReadonlyArray<SagaKey>): ReadonlyArray<string> => sagas.map(({ sagaId }) => sagaId).sort()

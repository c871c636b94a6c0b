import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { SagaStoreMemory, type StoredSaga } from "../../src/index.ts"
import { tripStatuses } from "../Trips.ts"
import { type NewSaga, StoreBench } from "./StoreBench.ts"

/** Puts new sagas into a memory store, as of now. */
export const putSagas = (store: SagaStoreMemory, sagas: ReadonlyArray<NewSaga>) =>
  Effect.map(Clock.currentTimeMillis, (nowMs) => {
    for (const saga of sagas) store.put(storedSaga(saga, nowMs))
  })

const storedSaga = (saga: NewSaga, nowMs: number): StoredSaga => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch ?? 0,
  version: saga.version ?? 1,
  status: saga.status ?? tripStatuses.ready,
  attempts: saga.attempts ?? 0,
  unsent: saga.unsent ?? 0,
  unsentSinceMs: (saga.unsent ?? 0) > 0 ? nowMs - (saga.unsentForMs ?? 0) : undefined,
  weight: saga.weight ?? 1,
  expiresAtMs: saga.expiresInMs === undefined ? undefined : nowMs + saga.expiresInMs,
  visibleAtMs: nowMs + (saga.dueInMs ?? 0),
  undone: saga.undone ?? [],
  cancelRequested: saga.cancelRequested ?? false,
  failure: saga.failure,
  correlationId: saga.correlationId,
  parkReason: undefined,
  nextRetryAtMs: undefined,
  recordedAtMs: nowMs
})

/** A memory store of its own; its clock is the test's. */
export const layerStoreBenchMemory = Layer.effect(
  StoreBench,
  Effect.sync(() => {
    const store = new SagaStoreMemory(tripStatuses)
    const existing = (sagaId: string) => {
      const saga = store.sagas.get(sagaId)
      return saga === undefined ? Effect.die(`no saga ${sagaId}`) : Effect.succeed(saga)
    }
    return StoreBench.of({
      store,
      otherStore: store,
      put: (sagas) => putSagas(store, sagas),
      see: ({ sagaId }) =>
        Effect.map(existing(sagaId), (saga) => ({
          status: saga.status,
          attempts: saga.attempts,
          unsent: saga.unsent,
          undone: saga.undone,
          failure: saga.failure,
          parkReason: saga.parkReason,
          unsentSinceMs: saga.unsentSinceMs,
          queue: saga.visibleAtMs === undefined ? undefined : { epoch: saga.epoch, dueAtMs: saga.visibleAtMs },
          timeline: store.timeline
            .filter((entry) => entry.sagaId === sagaId)
            .map(({ detail, durationMs, number, outcome, step }) => ({ step, number, outcome, detail, durationMs })),
          eventTypes: store.events.filter((event) => event.aggregateId === sagaId).map((event) => event.eventType)
        })),
      nowMs: Clock.currentTimeMillis,
      passTime: (ms) => TestClock.adjust(ms),
      askToCancel: ({ sagaId }) =>
        Effect.map(existing(sagaId), (saga) => store.put({ ...saga, cancelRequested: true })),
      resume: ({ sagaId }) =>
        Effect.zipWith(existing(sagaId), Clock.currentTimeMillis, (saga, nowMs) =>
          store.put({ ...saga, visibleAtMs: nowMs })
        )
    })
  })
)

import { Effect, Fiber, FiberSet, Latch } from "effect"
import { monotonicMs } from "./MonotonicMs.ts"
import type { ClaimedSaga, SagaStore } from "./SagaStore.ts"

export interface SagaWorkerOptions {
  readonly store: SagaStore
  readonly executor: {
    readonly run: (claimed: ReadonlyArray<ClaimedSaga>, claimedAtMs: number) => Effect.Effect<void>
  }
  readonly batchMax: number
  /** What the sagas of a batch may weigh together; see `ClaimOptions`. */
  readonly weightMax: number
  readonly concurrentBatches: number
  readonly leaseMs: number
  /** How often to look without being woken: the guarantee behind the hints. */
  readonly pollIntervalMs: number
  /** How long running batches get to finish when the worker stops; what is left is found when its lease has run out. */
  readonly stopLimitMs: number
}

/** Wakes a worker: work may have come. */
export interface SagaWorker {
  readonly wake: Effect.Effect<void>
}

/** After a claim that failed, the store is left alone for this long. */
const FAILED_CLAIM_PAUSE_MS = 250

/** What is due but was not given is locked by another worker for a moment; asking for it without pause gains nothing. */
const REST_MIN_MS = 10

/**
 * Claims and runs sagas until the scope closes: then it claims no more, lets running batches finish, and returns. Woken
 * by `wake`, by the time of the next retry, and by its poll, it claims until nothing is due.
 */
export const startSagaWorker = Effect.fnUntraced(function* (options: SagaWorkerOptions) {
  const hint = yield* Latch.make(true)
  const batches = yield* FiberSet.make<void>()
  yield* Effect.addFinalizer(() =>
    FiberSet.awaitEmpty(batches).pipe(
      Effect.timeoutOrElse({ duration: options.stopLimitMs, orElse: () => Effect.void })
    )
  )

  const forever = runOneBatch(options, hint, batches).pipe(
    Effect.catchCause((cause) =>
      Effect.andThen(
        Effect.logWarning("Claiming failed and will be tried again", cause),
        Effect.sleep(FAILED_CLAIM_PAUSE_MS)
      )
    ),
    Effect.forever
  )
  yield* Effect.forEach(Array.from({ length: options.concurrentBatches }), () => Effect.forkScoped(forever), {
    discard: true
  })
  const worker: SagaWorker = { wake: hint.open }
  return worker
})

const runOneBatch = Effect.fnUntraced(function* (
  options: SagaWorkerOptions,
  hint: Latch.Latch,
  batches: FiberSet.FiberSet<void>
) {
  yield* hint.close
  const claimedAtMs = yield* monotonicMs
  const { batchMax: limit, executor, leaseMs, store, weightMax } = options
  const claimed = yield* store.claim({ limit, weightMax, leaseMs })
  if (claimed.length === 0) return yield* rest(options, hint)
  // The batch runs in a fiber of its own, so that stopping the worker does not cut it off between two writes.
  const running = executor.run(claimed, claimedAtMs).pipe(Effect.catchCause(logFailedBatch))
  yield* Fiber.await(yield* FiberSet.run(batches, running))
})

/** Rests until there may be something to do. */
const rest = Effect.fnUntraced(function* ({ pollIntervalMs, store }: SagaWorkerOptions, hint: Latch.Latch) {
  const dueMs = yield* store.nextDueMs
  const sleepMs = Math.min(Math.max(dueMs ?? pollIntervalMs, REST_MIN_MS), pollIntervalMs)
  yield* Effect.race(hint.await, Effect.sleep(sleepMs))
})

const logFailedBatch = (cause: Parameters<typeof Effect.logError>[1]) =>
  Effect.logWarning("A batch was cut short; its sagas are found again when their leases have run out", cause)

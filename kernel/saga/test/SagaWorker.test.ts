import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import {
  type ClaimedSaga,
  type SagaStore,
  SagaStoreMemory,
  type SagaWorkerOptions,
  startSagaWorker
} from "../src/index.ts"
import { putSagas } from "./contract/StoreBenchMemory.ts"
import { LEASE_MS, makeTripBench } from "./simulation/TripBench.ts"
import { makeTrips, tripStatuses } from "./Trips.ts"

const POLL_MS = 5_000
const STOP_LIMIT_MS = 3_000

/** A worker on a store whose claims are counted, and whose batches do what the test says. */
const startWorker = Effect.fnUntraced(function* (
  options: Partial<SagaWorkerOptions> & {
    readonly run?: (claimed: ReadonlyArray<ClaimedSaga>, claimedAtMs: number) => Effect.Effect<unknown>
    readonly wrap?: (store: SagaStore) => Partial<SagaStore>
  } = {}
) {
  const memory = new SagaStoreMemory(tripStatuses)
  const claims: Array<{ readonly atMs: number; readonly count: number }> = []
  const batches: Array<number> = []
  const whole: SagaStore = { ...pick(memory), ...options.wrap?.(memory) }
  const store: SagaStore = {
    ...whole,
    claim: (asked) =>
      Effect.gen(function* () {
        const atMs = yield* Clock.currentTimeMillis
        const exit = yield* Effect.exit(whole.claim(asked))
        claims.push({ atMs, count: Exit.isSuccess(exit) ? exit.value.length : -1 })
        return yield* exit
      })
  }
  const worker = yield* startSagaWorker({
    batchMax: 4,
    weightMax: 1_000,
    concurrentBatches: 1,
    leaseMs: LEASE_MS,
    pollIntervalMs: POLL_MS,
    stopLimitMs: STOP_LIMIT_MS,
    ...options,
    store,
    executor: {
      run: (claimed, claimedAtMs) =>
        Effect.suspend(() => {
          batches.push(claimed.length)
          return Effect.asVoid((options.run ?? finish(memory))(claimed, claimedAtMs))
        })
    }
  })
  const claimedAt = () => claims.map(({ atMs }) => atMs)
  return { worker, memory, claims, claimedAt, batches, put: (count: number) => putSagas(memory, makeTrips(count)) }
})

const pick = ({ claim, nextDueMs, record, renew, unfinishedVersions }: SagaStore): SagaStore => ({
  claim,
  renew,
  record,
  nextDueMs,
  unfinishedVersions
})

/** Ends every saga of a batch. */
const finish = (store: SagaStore) => (claimed: ReadonlyArray<ClaimedSaga>) =>
  store.record(
    claimed.map((saga) => ({
      organizationId: saga.organizationId,
      sagaId: saga.sagaId,
      epoch: saga.epoch,
      expectedStatus: saga.status,
      attempts: [],
      change: { _tag: "Fail", undone: [], events: [] }
    }))
  )

/** Lets all fibers run that can, until what is expected has come about. */
const until = Effect.fnUntraced(function* (hasCome: () => boolean) {
  for (let turn = 0; turn < 1_000 && !hasCome(); turn += 1) yield* Effect.yieldNow
})

describe("a worker", () => {
  it.effect("claims when it starts, and then at every poll", () =>
    Effect.gen(function* () {
      const { claimedAt } = yield* startWorker()
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(claimedAt(), [0])
      yield* TestClock.adjust(POLL_MS - 1)
      assert.deepStrictEqual(claimedAt(), [0])
      yield* TestClock.adjust(1)
      yield* TestClock.adjust(POLL_MS)
      assert.deepStrictEqual(claimedAt(), [0, 5_000, 10_000])
    })
  )

  it.effect("finds at its poll what nobody told it of", () =>
    Effect.gen(function* () {
      const { batches, put } = yield* startWorker()
      yield* TestClock.adjust(1_000)
      yield* put(2)
      yield* TestClock.adjust(POLL_MS)
      assert.deepStrictEqual(batches, [2])
    })
  )

  it.effect("claims at once when it is woken", () =>
    Effect.gen(function* () {
      const { batches, claimedAt, put, worker } = yield* startWorker()
      yield* TestClock.adjust(1_234)
      yield* put(3)
      yield* worker.wake
      yield* until(() => claimedAt().length === 3)
      assert.deepStrictEqual(batches, [3])
      assert.deepStrictEqual(claimedAt(), [0, 1_234, 1_234])
    })
  )

  it.effect("does not miss a wake-up that comes while it claims", () =>
    Effect.gen(function* () {
      const { batches, put, worker } = yield* startWorker({
        wrap: (memory) => ({
          claim: (asked) => Effect.tap(memory.claim(asked), () => Effect.sleep(100)),
          // As if the store had been asked before the saga came.
          nextDueMs: Effect.succeed(undefined)
        })
      })
      yield* TestClock.adjust(50)
      yield* put(1)
      yield* worker.wake
      yield* TestClock.adjust(50)
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(batches, [1])
    })
  )

  it.effect("claims when the next saga is due, without being told", () =>
    Effect.gen(function* () {
      const { batches, claimedAt, memory } = yield* startWorker()
      yield* putSagas(
        memory,
        makeTrips(1).map((trip) => ({ ...trip, dueInMs: 6_200 }))
      )
      yield* TestClock.adjust(POLL_MS)
      yield* TestClock.adjust(1_199)
      assert.deepStrictEqual(batches, [])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(batches, [1])
      assert.deepStrictEqual(claimedAt().slice(0, 3), [0, 5_000, 6_200])
    })
  )

  it.effect("claims batch after batch until nothing is due, and rests then", () =>
    Effect.gen(function* () {
      const { batches, claims, put, worker } = yield* startWorker()
      yield* TestClock.adjust(0)
      yield* put(10)
      yield* worker.wake
      yield* until(() => claims.length === 5)
      assert.deepStrictEqual(batches, [4, 4, 2])
      assert.deepStrictEqual(
        claims.map(({ count }) => count),
        [0, 4, 4, 2, 0]
      )
    })
  )

  it.effect("runs as many batches at a time as it may, and no more", () =>
    Effect.gen(function* () {
      let running = 0
      const seen: Array<number> = []
      const { put } = yield* startWorker({
        concurrentBatches: 3,
        run: () =>
          Effect.gen(function* () {
            running += 1
            seen.push(running)
            yield* Effect.sleep(1_000)
            running -= 1
          })
      })
      yield* put(40)
      yield* TestClock.adjust(0)
      for (let second = 0; second < 5; second += 1) yield* TestClock.adjust(1_000)
      assert.strictEqual(Math.max(...seen), 3)
      assert.strictEqual(seen.length, 10)
    })
  )

  it.effect("does not ask again and again for what is due and held by another worker's claim", () =>
    Effect.gen(function* () {
      const { claims } = yield* startWorker({
        wrap: () => ({ claim: () => Effect.succeed([]), nextDueMs: Effect.succeed(0) })
      })
      for (let step = 0; step < 100; step += 1) yield* TestClock.adjust(10)
      assert.isAtMost(claims.length, 101)
      assert.isAtLeast(claims.length, 50)
    })
  )

  it.effect.each(["claim", "nextDueMs"] as const)("tries again soon when %s fails", (what) =>
    Effect.gen(function* () {
      let isAway = true
      const away = Effect.suspend(() => (isAway ? Effect.die("the database is away") : Effect.void))
      const { batches, claims, put } = yield* startWorker({
        wrap: (memory) => ({
          claim: (asked) => Effect.andThen(what === "claim" ? away : Effect.void, memory.claim(asked)),
          nextDueMs: Effect.andThen(what === "nextDueMs" ? away : Effect.void, memory.nextDueMs)
        })
      })
      yield* TestClock.adjust(10_000)
      assert.isAtLeast(claims.length, 5)
      assert.isAtMost(claims.length, 50)
      isAway = false
      yield* put(1)
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(batches, [1])
    })
  )

  it.effect("leaves the sagas of a batch that it could not write to their leases, and goes on with others", () =>
    Effect.gen(function* () {
      const bench = makeTripBench()
      const [unlucky, later] = [makeTrips(2), makeTrips(2)]
      bench.store.loses = ({ name }, number) => (name === "record" && number === 1 ? "the call" : "nothing")
      yield* bench.put(...unlucky)
      const worker = yield* startSagaWorker({
        store: bench.store,
        executor: bench.executor,
        batchMax: 4,
        weightMax: 1_000,
        concurrentBatches: 1,
        leaseMs: LEASE_MS,
        pollIntervalMs: 60_000,
        stopLimitMs: STOP_LIMIT_MS
      })
      yield* TestClock.adjust(100)
      yield* bench.put(...later)
      yield* worker.wake
      yield* until(() => later.every((trip) => bench.see(trip).status === "COMPLETED"))
      assert.isTrue(later.every((trip) => bench.see(trip).status === "COMPLETED"))
      assert.isTrue(unlucky.every((trip) => bench.see(trip).status === "READY"))
      yield* TestClock.adjust(LEASE_MS - 101)
      assert.isTrue(unlucky.every((trip) => bench.see(trip).status === "READY"))
      yield* TestClock.adjust(1)
      yield* until(() => unlucky.every((trip) => bench.see(trip).status === "COMPLETED"))
      assert.isTrue(unlucky.every((trip) => bench.see(trip).status === "COMPLETED" && bench.see(trip).epoch === 2))
    })
  )

  it.effect("tells its executor when it began to claim, which may be long ago", () =>
    Effect.gen(function* () {
      const { memory } = yield* startWorker({
        wrap: (store) => ({ claim: (asked) => Effect.delay(store.claim(asked), 700) }),
        run: (_, claimedAtMs) => Effect.sync(() => begun.push(claimedAtMs))
      })
      const begun: Array<number> = []
      yield* TestClock.adjust(500)
      yield* putSagas(memory, makeTrips(1))
      yield* TestClock.adjust(200)
      assert.deepStrictEqual(begun, [0])
    })
  )

  it.effect("claims no more weight than a batch may have", () =>
    Effect.gen(function* () {
      const { batches, memory, worker } = yield* startWorker({ weightMax: 10 })
      yield* putSagas(
        memory,
        makeTrips(6).map((trip) => ({ ...trip, weight: 5 }))
      )
      yield* worker.wake
      yield* until(() => batches.length === 3)
      assert.deepStrictEqual(batches, [2, 2, 2])
    })
  )

  it.effect("goes on after a batch that died", () =>
    Effect.gen(function* () {
      let isFirst = true
      const { batches, memory, put } = yield* startWorker({
        run: () =>
          Effect.suspend(() => {
            const dies = isFirst
            isFirst = false
            return dies ? Effect.die("a bug") : Effect.void
          })
      })
      yield* put(6)
      yield* until(() => batches.length === 2)
      assert.deepStrictEqual(batches, [4, 2])
      assert.strictEqual(memory.sagas.size, 6)
    })
  )
})

/** A worker in a scope of its own, with a batch under way that takes the given time; and what has been done of it. */
const startBusyWorker = Effect.fnUntraced(function* (takesMs: number) {
  const scope = yield* Scope.make()
  const state = { begun: 0, finished: 0, interrupted: 0 }
  const started = yield* startWorker({
    run: () =>
      Effect.gen(function* () {
        state.begun += 1
        yield* Effect.sleep(takesMs)
        state.finished += 1
      }).pipe(Effect.onInterrupt(() => Effect.sync(() => (state.interrupted += 1))))
  }).pipe(Scope.provide(scope))
  yield* started.put(8)
  yield* TestClock.adjust(0)
  return { ...started, state, stop: Effect.forkChild(Scope.close(scope, Exit.void)) }
})

describe("a worker that is stopped", () => {
  it.effect("lets its batch finish, claims no more, and is stopped then", () =>
    Effect.gen(function* () {
      const { claims, state, stop, worker } = yield* startBusyWorker(2_000)
      yield* TestClock.adjust(500)
      const stopping = yield* stop
      yield* TestClock.adjust(1_499)
      assert.isUndefined(stopping.pollUnsafe())
      yield* worker.wake
      yield* TestClock.adjust(1)
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(state, { begun: 1, finished: 1, interrupted: 0 })
      yield* worker.wake
      yield* TestClock.adjust(10 * POLL_MS)
      assert.strictEqual(claims.length, 1)
      assert.strictEqual(state.begun, 1)
    })
  )

  it.effect("waits for its batch no longer than its limit", () =>
    Effect.gen(function* () {
      const { state, stop } = yield* startBusyWorker(3_600_000)
      const stopping = yield* stop
      yield* TestClock.adjust(STOP_LIMIT_MS - 1)
      assert.isUndefined(stopping.pollUnsafe())
      yield* TestClock.adjust(1)
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(state, { begun: 1, finished: 0, interrupted: 1 })
    })
  )

  it.effect("is stopped at once when it has nothing to do", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { claims } = yield* startWorker().pipe(Scope.provide(scope))
      yield* TestClock.adjust(100)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust(10 * POLL_MS)
      assert.strictEqual(claims.length, 1)
    })
  )
})

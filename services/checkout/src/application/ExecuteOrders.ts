import { defaultRetrySchedule, makeSagaExecutor, type RetrySchedule, startSagaWorker } from "@valerix/saga"
import { Data, Effect, Layer } from "effect"
import { makeOrderSaga } from "./OrderSaga.ts"
import { OrderLedger } from "./ports/OrderLedger.ts"
import { OrderSagaStore } from "./ports/OrderSagaStore.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"

export interface ExecuteOrdersOptions {
  readonly batchMax: number
  /** The most order lines in a batch, so that their orders fit into memory. */
  readonly linesMax: number
  readonly concurrentBatches: number
  readonly leaseMs: number
  readonly pollIntervalMs: number
  readonly stopLimitMs: number
  readonly downstreamLimitMs: number
  readonly retryDelaysMs: ReadonlyArray<number>
}

/** The ledger holds unfinished orders of saga versions that this program does not know; a newer one began them. */
export class UnknownSagaVersion extends Data.TaggedError("UnknownSagaVersion")<{
  readonly unknown: ReadonlyArray<number>
  readonly known: number
}> {
  override get message(): string {
    return `The ledger holds unfinished orders of saga version ${this.unknown.join(", ")}; this program knows ${this.known}. Start the version that began them.`
  }
}

/** The orchestrator: executes accepted orders for as long as the scope is open. */
export const ExecuteOrders = (options: ExecuteOrdersOptions) => Layer.effectDiscard(startExecuting(options))

const startExecuting = Effect.fnUntraced(function* (options: ExecuteOrdersOptions) {
  const definition = yield* makeOrderSaga
  const store = yield* OrderSagaStore
  const ledger = yield* OrderLedger
  const wakeUp = yield* SagaWakeUp
  const unknown = (yield* store.unfinishedVersions).filter((version) => version !== definition.version)
  if (unknown.length > 0) return yield* new UnknownSagaVersion({ unknown, known: definition.version })
  const retry: RetrySchedule = { ...defaultRetrySchedule, delaysMs: options.retryDelaysMs }
  const executor = makeSagaExecutor({
    definition,
    store,
    load: ledger.load,
    retry,
    commandLimitMs: options.downstreamLimitMs,
    leaseMs: options.leaseMs
  })
  const worker = yield* startSagaWorker({ ...options, weightMax: options.linesMax, store, executor })
  yield* Effect.forkScoped(wakeUp.listen(worker.wake))
})

import type { OrganizationId } from "@valerix/money-and-ids"
import { Data, Deferred, Effect, Exit, FiberSet } from "effect"

/** More requests wait than the buffer holds; nothing was written. */
export class Overloaded extends Data.TaggedError("Overloaded")<{ readonly waiting: number }> {}

export interface AcceptanceBufferOptions<Request, Result> {
  readonly batchMax: number
  readonly concurrentBatches: number
  readonly waitingMax: number
  readonly organizationOf: (request: Request) => OrganizationId
  /** Handles a batch; gives one result per request, in their order. Must not fail. */
  readonly handle: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Result>>
}

interface Waiting<Request, Result> {
  readonly request: Request
  readonly result: Deferred.Deferred<Result, Overloaded>
}

/**
 * Brings requests that arrive together into batches. An idle buffer hands a request on at once, alone; while all batches
 * are under way, requests gather, and organizations take turns at the places of the next batch. A full buffer refuses at
 * once, at the cost of the organization that has most waiting. A caller that goes away does not take its request back:
 * it may be under way.
 *
 * Everything but the handling of a batch happens without yielding, so no caller that goes away leaves it half done.
 */
export const makeAcceptanceBuffer = Effect.fnUntraced(function* <Request, Result>(
  options: AcceptanceBufferOptions<Request, Result>
) {
  type Queue = Array<Waiting<Request, Result>>
  const queues = new Map<OrganizationId, Queue>()
  const fork = yield* FiberSet.makeRuntime()
  let waiting = 0
  let underWay = 0
  let isClosed = false

  /** One request of each organization in turn: who was served goes behind the others, and comes round again. */
  const takeBatch = (): Queue => {
    const batch: Queue = []
    for (const [organizationId, queue] of queues) {
      queues.delete(organizationId)
      const next = queue.shift()
      if (next !== undefined) batch.push(next)
      if (queue.length > 0) queues.set(organizationId, queue)
      if (batch.length === options.batchMax) break
    }
    waiting -= batch.length
    return batch
  }

  const runBatch = (batch: Queue): Effect.Effect<void> =>
    Effect.suspend(() => options.handle(batch.map(({ request }) => request))).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          batch.forEach(({ result }, index) => {
            Deferred.doneUnsafe(result, Exit.isSuccess(exit) ? resultAt(exit.value, index) : Exit.failCause(exit.cause))
          })
          underWay -= 1
          startBatches()
        })
      ),
      Effect.catchCause(() => Effect.void)
    )

  const startBatches = (): void => {
    while (waiting > 0 && underWay < options.concurrentBatches) {
      underWay += 1
      fork(runBatch(takeBatch()))
    }
  }

  /** Makes room for a request of an organization that has this many waiting; false if there is none. */
  const makeRoom = (ownWaiting: number): boolean => {
    if (waiting < options.waitingMax) return true
    let longest: Queue = []
    for (const queue of queues.values()) if (queue.length > longest.length) longest = queue
    if (longest.length <= ownWaiting + 1) return false
    const given = longest.pop()
    if (given !== undefined) {
      waiting -= 1
      Deferred.doneUnsafe(given.result, Effect.fail(new Overloaded({ waiting })))
    }
    return true
  }

  /** Puts a request into the next batch and waits for its result. */
  const submit = (request: Request): Effect.Effect<Result, Overloaded> =>
    Effect.suspend(() => {
      if (isClosed) return Effect.interrupt
      const organizationId = options.organizationOf(request)
      const queue = queues.get(organizationId) ?? []
      if (!makeRoom(queue.length)) return Effect.fail(new Overloaded({ waiting }))
      const result = Deferred.makeUnsafe<Result, Overloaded>()
      queue.push({ request, result })
      queues.set(organizationId, queue)
      waiting += 1
      startBatches()
      return Deferred.await(result)
    })

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isClosed = true
      for (const queue of queues.values()) {
        for (const { result } of queue) Deferred.doneUnsafe(result, Effect.interrupt)
      }
      queues.clear()
      waiting = 0
    })
  )

  return { submit }
})

const resultAt = <Result>(results: ReadonlyArray<Result>, index: number): Exit.Exit<Result> => {
  const result = results[index]
  return result === undefined ? Exit.die(new Error("A request of the batch got no result")) : Exit.succeed(result)
}

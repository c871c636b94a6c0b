import type { OrganizationId } from "@valerix/money-and-ids"
import { Data, Deferred, Effect, FiberSet } from "effect"

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
  readonly result: Deferred.Deferred<Result>
}

/**
 * Brings requests that arrive together into batches. An idle buffer hands a request on at once, alone; while all batches
 * are under way, requests gather, and organizations take turns at the places of the next batch. A caller that goes away
 * does not take its request back: it may be under way.
 */
export const makeAcceptanceBuffer = Effect.fnUntraced(function* <Request, Result>(
  options: AcceptanceBufferOptions<Request, Result>
) {
  const queues = new Map<OrganizationId, Array<Waiting<Request, Result>>>()
  const batches = yield* FiberSet.make<void>()
  let waiting = 0
  let underWay = 0

  /** One request of each organization in turn: who was served goes behind the others, and comes round again. */
  const takeBatch = (): ReadonlyArray<Waiting<Request, Result>> => {
    const batch: Array<Waiting<Request, Result>> = []
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

  const runBatch = (batch: ReadonlyArray<Waiting<Request, Result>>): Effect.Effect<void> =>
    Effect.suspend(() => options.handle(batch.map(({ request }) => request))).pipe(
      Effect.matchCause({
        onSuccess: (results) => {
          batch.forEach(({ result }, index) => {
            const value = results[index]
            Deferred.doneUnsafe(
              result,
              value === undefined
                ? Effect.die(new Error("A request of the batch got no result"))
                : Effect.succeed(value)
            )
          })
        },
        onFailure: (cause) => {
          for (const { result } of batch) Deferred.doneUnsafe(result, Effect.failCause(cause))
        }
      }),
      Effect.ensuring(
        Effect.suspend(() => {
          underWay -= 1
          return startBatches()
        })
      )
    )

  const startBatches = (): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (waiting === 0 || underWay >= options.concurrentBatches) return Effect.void
      underWay += 1
      return Effect.andThen(FiberSet.run(batches, runBatch(takeBatch())), Effect.suspend(startBatches))
    })

  /** Puts a request into the next batch and waits for its result. */
  const submit = (request: Request): Effect.Effect<Result, Overloaded> =>
    Effect.suspend(() => {
      if (waiting >= options.waitingMax) return Effect.fail(new Overloaded({ waiting }))
      const result = Deferred.makeUnsafe<Result>()
      const organizationId = options.organizationOf(request)
      const queue = queues.get(organizationId)
      if (queue === undefined) queues.set(organizationId, [{ request, result }])
      else queue.push({ request, result })
      waiting += 1
      return Effect.andThen(startBatches(), Deferred.await(result))
    })

  return { submit }
})

import type { OrganizationId } from "@valerix/money-and-ids"
import { Data, Deferred, Effect, Exit, FiberSet } from "effect"
import { WeighedQueue } from "./WeighedQueue.ts"

/** More requests wait than the buffer holds; nothing was written. */
export class Overloaded extends Data.TaggedError("Overloaded")<{ readonly waiting: number }> {}

/** Limits in requests, and in what these weigh: in lines, because a request may have one of them or thousands. */
export interface AcceptanceLimits {
  readonly batchMax: number
  /** A request that weighs more makes a batch of its own. */
  readonly batchWeightMax: number
  readonly concurrentBatches: number
  readonly waitingMax: number
  readonly waitingWeightMax: number
}

export interface AcceptanceBufferOptions<Request, Result> extends AcceptanceLimits {
  readonly organizationOf: (request: Request) => OrganizationId
  readonly weightOf: (request: Request) => number
  /** Handles a batch; gives one result per request, in their order. Must not fail. */
  readonly handle: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Result>>
}

interface Waiting<Request, Result> {
  readonly request: Request
  readonly weight: number
  readonly result: Deferred.Deferred<Result, Overloaded>
}

/**
 * Brings requests that arrive together into batches. An idle buffer hands a request on at once, alone; while all batches
 * are under way, requests gather, and organizations take turns at the places of the next batch. One whose next request
 * is too heavy for what is left of a batch keeps its turn, and is the first of the batch after. A full buffer refuses at
 * once, at the cost of the organization that fills the most of it. A caller that goes away does not take its request
 * back: it may be under way.
 *
 * Everything but the handling of a batch happens without yielding, so no caller that goes away leaves it half done.
 */
export const makeAcceptanceBuffer = Effect.fnUntraced(function* <Request, Result>(
  options: AcceptanceBufferOptions<Request, Result>
) {
  type Queue = WeighedQueue<Waiting<Request, Result>>
  const queues = new Map<OrganizationId, Queue>()
  const fork = yield* FiberSet.makeRuntime()
  const waiting = { count: 0, weight: 0 }
  let underWay = 0
  let isClosed = false

  /** One request of each organization in turn: who was served goes behind the others, and comes round again. */
  const takeBatch = (): ReadonlyArray<Waiting<Request, Result>> => {
    const batch: Array<Waiting<Request, Result>> = []
    let weight = 0
    for (const [organizationId, queue] of queues) {
      const next = queue.first()
      if (next !== undefined && batch.length > 0 && weight + next.weight > options.batchWeightMax) continue
      queues.delete(organizationId)
      // It gave up its last request to make room.
      if (next === undefined) continue
      queue.takeFirst()
      batch.push(next)
      weight += next.weight
      if (queue.count > 0) queues.set(organizationId, queue)
      if (batch.length === options.batchMax || weight >= options.batchWeightMax) break
    }
    waiting.count -= batch.length
    waiting.weight -= weight
    return batch
  }

  const runBatch = (batch: ReadonlyArray<Waiting<Request, Result>>): Effect.Effect<void> =>
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
    while (waiting.count > 0 && underWay < options.concurrentBatches) {
      underWay += 1
      fork(runBatch(takeBatch()))
    }
  }

  /** How much of the buffer so much fills, 1 being all of it. */
  const shareOf = (count: number, weight: number): number =>
    Math.max(count / options.waitingMax, weight / options.waitingWeightMax)

  /**
   * Makes room for a request of this weight; false if there is none. Gives up the newest requests of the organization that
   * fills the most, as long as it fills more than the newcomer's then does.
   */
  const makeRoom = (own: Queue | undefined, weight: number): boolean => {
    if (waiting.count === 0 || shareOf(waiting.count + 1, waiting.weight + weight) <= 1) return true
    let fullest: Queue | undefined
    let largest = shareOf((own?.count ?? 0) + 1, (own?.weight ?? 0) + weight)
    const least = largest
    for (const queue of queues.values()) {
      const share = shareOf(queue.count, queue.weight)
      if (share > largest) [fullest, largest] = [queue, share]
    }
    if (fullest === undefined || fullest === own) return false
    const free = { count: 0, weight: 0 }
    while (shareOf(waiting.count + 1 - free.count, waiting.weight + weight - free.weight) > 1) {
      const newest = fullest.fromEnd(free.count)
      if (newest === undefined || shareOf(fullest.count - free.count, fullest.weight - free.weight) <= least)
        return false
      free.count += 1
      free.weight += newest.weight
    }
    for (const { result } of fullest.takeLast(free.count)) {
      Deferred.doneUnsafe(result, Effect.fail(new Overloaded({ waiting: waiting.count })))
    }
    waiting.count -= free.count
    waiting.weight -= free.weight
    return true
  }

  /** Puts a request into the next batch and waits for its result. */
  const submit = (request: Request): Effect.Effect<Result, Overloaded> =>
    Effect.suspend(() => {
      if (isClosed) return Effect.interrupt
      const organizationId = options.organizationOf(request)
      const weight = options.weightOf(request)
      const held = queues.get(organizationId)
      if (!makeRoom(held, weight)) return Effect.fail(new Overloaded({ waiting: waiting.count }))
      const result = Deferred.makeUnsafe<Result, Overloaded>()
      const queue: Queue = held ?? new WeighedQueue()
      queue.add({ request, weight, result })
      queues.set(organizationId, queue)
      waiting.count += 1
      waiting.weight += weight
      startBatches()
      return Deferred.await(result)
    })

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isClosed = true
      for (const queue of queues.values()) {
        for (const { result } of queue.takeLast(queue.count)) Deferred.doneUnsafe(result, Effect.interrupt)
      }
      queues.clear()
      waiting.count = 0
      waiting.weight = 0
    })
  )

  return { submit }
})

const resultAt = <Result>(results: ReadonlyArray<Result>, index: number): Exit.Exit<Result> => {
  const result = results[index]
  return result === undefined ? Exit.die(new Error("A request of the batch got no result")) : Exit.succeed(result)
}

import { assert, describe, it } from "@effect/vitest"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import { makeAcceptanceBuffer, Overloaded } from "../../src/application/AcceptanceBuffer.ts"
import { makeOrganization } from "../support/Samples.ts"
import { Gate } from "../support/Script.ts"
import { until } from "../support/Until.ts"

interface Request {
  readonly organizationId: OrganizationId
  readonly name: string
  readonly weight?: number
}

/** Stands in for a batch's handling: every batch that it is given waits until it is told to go on. */
class Counter {
  readonly batches: Array<ReadonlyArray<string>> = []
  readonly gates: Array<Gate> = []
  isOpen = false

  readonly handle = (requests: ReadonlyArray<Request>): Effect.Effect<ReadonlyArray<string>> =>
    Effect.suspend(() => {
      const gate = new Gate()
      this.batches.push(requests.map(({ name }) => name))
      this.gates.push(gate)
      return Effect.as(
        this.isOpen ? Effect.void : gate.pass,
        requests.map(({ name }) => `done ${name}`)
      )
    })

  /** Lets a batch go on, and all that come after. */
  readonly openAll = Effect.suspend(() => {
    this.isOpen = true
    return Effect.forEach(this.gates, (gate) => gate.open, { discard: true })
  })

  batchesSeen(count: number) {
    return until(
      `${count} batches have begun`,
      Effect.sync(() => this.batches.length),
      (seen) => seen >= count
    )
  }
}

/** Limits that do not matter, where requests weigh nothing much. */
const WEIGHTS = {
  batchWeightMax: 1_000_000,
  waitingWeightMax: 1_000_000,
  weightOf: ({ weight }: Request) => weight ?? 1
}

const bench = Effect.fnUntraced(function* (limits: Partial<Parameters<typeof makeAcceptanceBuffer>[0]> = {}) {
  const counter = new Counter()
  const { submit } = yield* makeAcceptanceBuffer<Request, string>({
    batchMax: limits.batchMax ?? 4,
    concurrentBatches: limits.concurrentBatches ?? 1,
    waitingMax: limits.waitingMax ?? 10_000,
    ...WEIGHTS,
    batchWeightMax: limits.batchWeightMax ?? WEIGHTS.batchWeightMax,
    waitingWeightMax: limits.waitingWeightMax ?? WEIGHTS.waitingWeightMax,
    organizationOf: (request) => request.organizationId,
    handle: counter.handle
  })
  return { counter, submit }
})

/** Submits at once, and goes on without waiting for the result. */
const atOnce = <A, E>(submitted: Effect.Effect<A, E>) => Effect.forkScoped(submitted, { startImmediately: true })

/** Requests `A1`, `A2` and so on, of one organization. */
const requestsOf = (letter: string, count: number): ReadonlyArray<Request> => {
  const organizationId = makeOrganization()
  return Array.from({ length: count }, (_, index) => ({ organizationId, name: `${letter}${index + 1}` }))
}

describe("the acceptance buffer", () => {
  it.live("hands a request on at once, alone, when it is idle", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench()
      counter.isOpen = true
      for (const request of requestsOf("A", 3)) {
        assert.strictEqual(yield* submit(request), `done ${request.name}`)
      }
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2"], ["A3"]])
    })
  )

  it.live("gathers what comes while all batches are under way", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ concurrentBatches: 2 })
      const waiting = yield* Effect.forEach(requestsOf("A", 9), (one) => atOnce(submit(one)))
      yield* counter.batchesSeen(2)
      yield* counter.openAll
      assert.deepStrictEqual(
        yield* Effect.forEach(waiting, Fiber.join),
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `done A${number}`)
      )
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2"], ["A3", "A4", "A5", "A6"], ["A7", "A8", "A9"]])
    })
  )

  it.live("never has more batches under way than it may, nor larger ones", () =>
    Effect.gen(function* () {
      let underWay = 0
      let most = 0
      const sizes: Array<number> = []
      const { submit } = yield* makeAcceptanceBuffer<Request, number>({
        batchMax: 3,
        concurrentBatches: 2,
        waitingMax: 1_000,
        ...WEIGHTS,
        organizationOf: (request) => request.organizationId,
        handle: Effect.fnUntraced(function* (requests) {
          underWay += 1
          most = Math.max(most, underWay)
          sizes.push(requests.length)
          yield* Effect.yieldNow
          underWay -= 1
          return requests.map(() => 1)
        })
      })
      const requests = [...requestsOf("A", 50), ...requestsOf("B", 50)]
      yield* Effect.forEach(requests, submit, { concurrency: "unbounded" })
      assert.strictEqual(most, 2)
      assert.isAtMost(Math.max(...sizes), 3)
      assert.strictEqual(
        sizes.reduce((sum, size) => sum + size, 0),
        100
      )
    })
  )

  it.live("gives an organization its place in the next batch, however much another has waiting", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench()
      yield* Effect.forEach(requestsOf("A", 1_000), (one) => atOnce(submit(one)))
      const [ofB] = yield* Effect.forEach(requestsOf("B", 1), (one) => atOnce(submit(one)))
      const [ofC] = yield* Effect.forEach(requestsOf("C", 1), (one) => atOnce(submit(one)))
      assert(ofB !== undefined && ofC !== undefined)
      yield* counter.batchesSeen(1)
      yield* counter.gates[0]?.open ?? Effect.void
      yield* counter.batchesSeen(2)
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2", "B1", "C1", "A3"]])
      yield* counter.openAll
      assert.deepStrictEqual([yield* Fiber.join(ofB), yield* Fiber.join(ofC)], ["done B1", "done C1"])
    })
  )

  it.live("begins the next batch with the organization that waited longest for its turn", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ batchMax: 2 })
      const requests = [...requestsOf("A", 4), ...requestsOf("B", 2), ...requestsOf("C", 2)]
      const waiting = yield* Effect.forEach(requests, (one) => atOnce(submit(one)))
      yield* counter.batchesSeen(1)
      yield* counter.openAll
      yield* Effect.forEach(waiting, Fiber.join)
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2", "B1"], ["C1", "A3"], ["B2", "C2"], ["A4"]])
    })
  )

  it.live("refuses at once when it is full, and changes nothing", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ waitingMax: 3 })
      const [first, second, third, fourth, fifth] = requestsOf("A", 5)
      assert(first && second && third && fourth && fifth)
      const waiting = yield* Effect.forEach([first, second, third, fourth], (one) => atOnce(submit(one)))
      yield* counter.batchesSeen(1)
      assert.deepStrictEqual(yield* Effect.flip(submit(fifth)), new Overloaded({ waiting: 3 }))
      yield* counter.openAll
      yield* Effect.forEach(waiting, Fiber.join)
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2", "A3", "A4"]])
      assert.strictEqual(yield* submit(fifth), "done A5")
    })
  )

  it.live("takes an organization's requests even when another has filled it, up to the same number", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ waitingMax: 100 })
      const [first, ...flood] = requestsOf("A", 101)
      assert(first)
      yield* atOnce(submit(first))
      const ofA = yield* Effect.forEach(flood, (one) => atOnce(Effect.exit(submit(one))))
      assert.instanceOf(yield* Effect.flip(submit({ ...first, name: "A102" })), Overloaded)
      const ofB = yield* Effect.forEach(requestsOf("B", 60), (one) => atOnce(Effect.exit(submit(one))))
      yield* counter.openAll
      const succeeded = (exits: ReadonlyArray<Exit.Exit<string, Overloaded>>) => exits.map(Exit.isSuccess)
      assert.deepStrictEqual(succeeded(yield* Effect.forEach(ofB, Fiber.join)), [
        ...Array(50).fill(true),
        ...Array(10).fill(false)
      ])
      // Who came first keeps its place: the newest give theirs up.
      assert.deepStrictEqual(succeeded(yield* Effect.forEach(ofA, Fiber.join)), [
        ...Array(50).fill(true),
        ...Array(50).fill(false)
      ])
      assert.deepStrictEqual(counter.batches[1], ["A2", "B1", "A3", "B2"])
      assert.strictEqual(counter.batches.flat().length, 101)
    })
  )

  it.live("fills a batch up to its weight only, and takes what is heavier alone", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ batchMax: 100, batchWeightMax: 10 })
      const weights = [1, 4, 4, 4, 25, 9, 1, 1]
      const requests = requestsOf("A", weights.length).map((request, index) => ({
        ...request,
        weight: weights[index] ?? 1
      }))
      const waiting = yield* Effect.forEach(requests, (one) => atOnce(submit(one)))
      yield* counter.batchesSeen(1)
      yield* counter.openAll
      yield* Effect.forEach(waiting, Fiber.join)
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2", "A3"], ["A4"], ["A5"], ["A6", "A7"], ["A8"]])
    })
  )

  it.live("keeps the turn of an organization whose next request is too heavy for what is left of a batch", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ batchMax: 100, batchWeightMax: 10 })
      const [first, ...light] = requestsOf("A", 13)
      const heavy = requestsOf("B", 2).map((request) => ({ ...request, weight: 10 }))
      assert(first)
      const waiting = yield* Effect.forEach([first, ...light, ...heavy], (one) => atOnce(submit(one)))
      yield* counter.batchesSeen(1)
      yield* counter.openAll
      yield* Effect.forEach(waiting, Fiber.join)
      // The light ones go on without the heavy one, once; then it is first.
      assert.deepStrictEqual(counter.batches, [
        ["A1"],
        ["A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11"],
        ["B1"],
        ["A12", "A13"],
        ["B2"]
      ])
    })
  )

  it.live("refuses at once when what waits is too heavy, at the cost of whoever fills the most", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ waitingWeightMax: 100 })
      const [first, ...flood] = requestsOf("A", 11).map((request) => ({ ...request, weight: 10 }))
      assert(first)
      yield* atOnce(submit(first))
      const ofA = yield* Effect.forEach(flood, (one) => atOnce(Effect.exit(submit(one))))
      assert.instanceOf(yield* Effect.flip(submit({ ...first, name: "A12", weight: 1 })), Overloaded)
      const heavy = requestsOf("B", 1).map((request) => ({ ...request, weight: 35 }))
      const ofB = yield* Effect.forEach(heavy, (one) => atOnce(Effect.exit(submit(one))))
      // It would fill more than the one that it would have to push out.
      const heavier = requestsOf("C", 1).map((request) => ({ ...request, weight: 70 }))
      for (const one of heavier) assert.instanceOf(yield* Effect.flip(submit(one)), Overloaded)
      yield* counter.openAll
      assert.isTrue((yield* Effect.forEach(ofB, Fiber.join)).every(Exit.isSuccess))
      assert.deepStrictEqual((yield* Effect.forEach(ofA, Fiber.join)).map(Exit.isSuccess), [
        ...Array(6).fill(true),
        ...Array(4).fill(false)
      ])
    })
  )

  it.live("keeps the requests of others, and the one itself, when a caller goes away", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench()
      const requests = requestsOf("A", 4)
      const fibers = yield* Effect.forEach(requests, (one) => atOnce(submit(one)))
      yield* counter.batchesSeen(1)
      const [first, second, third, fourth] = fibers
      assert(first && second && third && fourth)
      yield* Fiber.interrupt(first)
      yield* Fiber.interrupt(third)
      yield* counter.openAll
      assert.strictEqual(yield* Fiber.join(second), "done A2")
      assert.strictEqual(yield* Fiber.join(fourth), "done A4")
      assert.deepStrictEqual(counter.batches, [["A1"], ["A2", "A3", "A4"]])
    })
  )

  it.live("loses nobody, whenever the callers that begin its batches go away", () =>
    Effect.gen(function* () {
      const { counter, submit } = yield* bench({ batchMax: 2, concurrentBatches: 2 })
      counter.isOpen = true
      for (let round = 0; round < 50; round += 1) {
        const leaving = yield* Effect.forEach(requestsOf("L", 3), (one) => atOnce(submit(one)))
        const staying = yield* Effect.forEach(requestsOf("S", 3), (one) => atOnce(submit(one)))
        yield* Effect.forEach(leaving, Fiber.interrupt)
        assert.deepStrictEqual(yield* Effect.forEach(staying, Fiber.join), ["done S1", "done S2", "done S3"])
      }
    })
  )

  it.live("answers all callers of a batch that dies, and goes on with the next", () =>
    Effect.gen(function* () {
      let batches = 0
      const first = yield* Deferred.make<void>()
      const { submit } = yield* makeAcceptanceBuffer<Request, string>({
        batchMax: 4,
        concurrentBatches: 1,
        waitingMax: 100,
        ...WEIGHTS,
        organizationOf: (request) => request.organizationId,
        handle: (requests) => {
          batches += 1
          if (batches === 1) return Effect.as(Deferred.await(first), ["first"])
          if (batches === 2) return Effect.die(new Error("the batch died"))
          if (batches === 3) throw new Error("the handler threw")
          return Effect.succeed(requests.map(({ name }) => `done ${name}`))
        }
      })
      const fibers = yield* Effect.forEach(requestsOf("A", 12), (one) => atOnce(Effect.exit(submit(one))))
      yield* Deferred.succeed(first, undefined)
      const exits = yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(
        exits.map((exit) => exit._tag),
        ["Success", ...Array(8).fill("Failure"), ...Array(3).fill("Success")]
      )
    })
  )

  it.live("answers a caller whose result is missing", () =>
    Effect.gen(function* () {
      const { submit } = yield* makeAcceptanceBuffer<Request, string>({
        batchMax: 4,
        concurrentBatches: 1,
        waitingMax: 100,
        ...WEIGHTS,
        organizationOf: (request) => request.organizationId,
        handle: () => Effect.succeed([])
      })
      const [request] = requestsOf("A", 1)
      assert(request)
      assert.strictEqual((yield* Effect.exit(submit(request)))._tag, "Failure")
    })
  )

  it.live("leaves no caller waiting when it closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { counter, submit } = yield* Scope.provide(bench(), scope)
      const fibers = yield* Effect.forEach(requestsOf("A", 6), (one) => atOnce(Effect.exit(submit(one))))
      yield* counter.batchesSeen(1)
      yield* Scope.close(scope, Exit.void)
      const exits = yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(
        exits.map((exit) => exit._tag),
        Array(6).fill("Failure")
      )
      assert.deepStrictEqual(counter.batches, [["A1"]])
    })
  )
})

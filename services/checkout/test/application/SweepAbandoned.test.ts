import { assert } from "@effect/vitest"
import type { OrderId } from "@valerix/money-and-ids"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { type Accepted, AcceptOrders } from "../../src/application/AcceptOrders.ts"
import type { NewEntry } from "../../src/application/ports/OrderLedger.ts"
import { SweepAbandoned, type SweepOptions, sweepOnce } from "../../src/application/SweepAbandoned.ts"
import { promises } from "../support/Bench.ts"
import { allOrders, eventsOf, leasesOf, leasesRunOut, ledgerRow, orderOfKey, queueRow } from "../support/Books.ts"
import { begun, LEASE_MS } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import { newEntry } from "../support/Samples.ts"
import { after, before, Gate } from "../support/Script.ts"
import { DatabaseSteadiness } from "../support/UnsteadyDatabase.ts"
import { until } from "../support/Until.ts"

const OPTIONS: SweepOptions = { intervalMs: 2, retryMs: LEASE_MS, batchMax: 100, downstreamLimitMs: 60_000 }

const edge = Effect.map(
  Layer.build(Layer.fresh(AcceptOrders.layer({ leaseMs: LEASE_MS, downstreamLimitMs: 60_000, lookAgainLimitMs: 200 }))),
  (context) =>
    Effect.fnUntraced(function* (entry: NewEntry) {
      const [result] = yield* Effect.provide(
        Effect.flatMap(AcceptOrders, (acceptOrders) => acceptOrders([entry])),
        context
      )
      return result ?? (yield* Effect.die(new Error("no result")))
    })
)

/** Sweeps until nothing is left to settle. */
const sweepAll = Effect.gen(function* () {
  yield* leasesRunOut
  while ((yield* sweepOnce(OPTIONS)) > 0) yield* leasesRunOut
})

/** Everything at rest: the ledger's generation is held at the provider, and no other is. */
const assertOneLiveAuthorization = Effect.fnUntraced(function* (orderId: OrderId) {
  const { payments } = yield* Participants
  const row = yield* ledgerRow(orderId)
  assert.strictEqual(row.status, "AUTHORIZED")
  assert.strictEqual(row.payment_authorization_id, `auth-${orderId}-${row.generation}`)
  const held = [...payments.payments.values()].filter((one) => one.orderId === orderId && one.state === "AUTHORIZED")
  assert.deepStrictEqual(
    held.map(({ generation }) => generation),
    [row.generation]
  )
  assert.isDefined(yield* queueRow(orderId))
  assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized"])
  assert.deepStrictEqual(yield* leasesOf(orderId), [])
})

const orders = (events: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  events.length === 0
    ? [[]]
    : events.flatMap((event, index) => orders(events.toSpliced(index, 1)).map((rest) => [event, ...rest]))

/** All orders of events in which each pair stands the right way round. */
const interleavings = (events: ReadonlyArray<string>, pairs: ReadonlyArray<readonly [string, string]>) =>
  orders(events).filter((order) => pairs.every(([first, second]) => order.indexOf(first) < order.indexOf(second)))

promises("the sweep", (promise) => {
  promise("voids an authorization that the provider made but never answered", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const accept = yield* edge
      payments.script.plan("authorize", after("unavailable"))
      const entry = newEntry()
      yield* accept(entry)
      const orderId = yield* orderOfKey(entry.idempotencyKey)
      assert.deepStrictEqual(payments.statesOf(orderId), ["AUTHORIZED"])
      assert.strictEqual(yield* sweepOnce(OPTIONS), 1)
      assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED"])
      assert.deepStrictEqual(yield* leasesOf(orderId), [])
      assert.strictEqual(yield* sweepOnce(OPTIONS), 0)
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
    })
  )

  promise("stops an authorization that would come to the provider after it", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const accept = yield* edge
      const gate = new Gate()
      payments.script.plan("authorize", before(gate))
      const entry = newEntry()
      const late = yield* Effect.forkScoped(accept(entry))
      yield* gate.reached
      yield* sweepAll
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(late))._tag, "Unavailable")
      const orderId = yield* orderOfKey(entry.idempotencyKey)
      assert.deepStrictEqual(payments.statesOf(orderId), [])
      assert.isUndefined(yield* queueRow(orderId))
    })
  )

  promise("leaves alone what an edge is still at work on, and what was concluded", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const accept = yield* edge
      const gate = new Gate()
      yield* accept(newEntry())
      payments.script.plan("authorize", after(gate))
      const running = yield* Effect.forkScoped(accept(newEntry()))
      yield* gate.reached
      assert.strictEqual(yield* sweepOnce(OPTIONS), 0)
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(running))._tag, "Accepted")
      yield* sweepAll
      for (const orderId of yield* allOrders) yield* assertOneLiveAuthorization(orderId)
    })
  )

  // The sweep takes and settles; a retry of the same request; the late answer of the first one: in every order.
  for (const where of ["before", "after"] as const) {
    for (const order of interleavings(["take", "settle", "retry", "answer"], [["take", "settle"]])) {
      const name = order.join(", ")
      promise(`leaves one live authorization, with the first held up ${where} its effect, when it goes ${name}`, () =>
        Effect.gen(function* () {
          const { payments } = yield* Participants
          const accept = yield* edge
          const [authorizing, settling] = [new Gate(), new Gate()]
          payments.script.plan("authorize", where === "before" ? before(authorizing) : after(authorizing))
          payments.script.plan("settle", before(settling))
          const entry = newEntry()
          const first = yield* Effect.forkScoped(accept(entry))
          yield* authorizing.reached
          yield* leasesRunOut

          const swept = yield* Deferred.make<number>()
          let answer: Accepted | undefined
          let retried: Accepted | undefined
          for (const event of order) {
            if (event === "take") {
              const sweeping = yield* Effect.forkScoped(Deferred.into(sweepOnce(OPTIONS), swept))
              // Where the first was concluded in time there is nothing to settle.
              yield* Effect.raceFirst(settling.reached, Fiber.await(sweeping))
            } else if (event === "settle") {
              yield* settling.open
              yield* Deferred.await(swept)
            } else if (event === "retry") {
              retried = yield* accept(entry)
            } else {
              yield* authorizing.open
              answer = yield* Fiber.join(first)
            }
          }
          yield* sweepAll

          const isInTime = order[0] === "answer"
          assert.strictEqual(answer?._tag, isInTime ? "Accepted" : "Unavailable")
          assert.strictEqual(retried?._tag, isInTime ? "Replayed" : "Accepted")
          const orderId = yield* orderOfKey(entry.idempotencyKey)
          assert.strictEqual((yield* ledgerRow(orderId)).generation, isInTime ? 1 : 2)
          yield* assertOneLiveAuthorization(orderId)
        })
      )
    }
  }

  // A request that was answered 503 is repeated while the sweep settles it.
  for (const order of interleavings(
    ["take", "settle", "retry begins", "retry is answered"],
    [
      ["take", "settle"],
      ["retry begins", "retry is answered"]
    ]
  )) {
    promise(`leaves the retry of an unanswered request its authorization, when it goes ${order.join(", ")}`, () =>
      Effect.gen(function* () {
        const { payments } = yield* Participants
        const accept = yield* edge
        const [authorizing, settling] = [new Gate(), new Gate()]
        payments.script.plan("authorize", after("unavailable"))
        payments.script.plan("authorize", before(authorizing))
        payments.script.plan("settle", before(settling))
        const entry = newEntry()
        assert.strictEqual((yield* accept(entry))._tag, "Unavailable")
        const orderId = yield* orderOfKey(entry.idempotencyKey)

        const retried = yield* Deferred.make<Accepted>()
        const swept = yield* Deferred.make<number>()
        for (const event of order) {
          if (event === "take") {
            yield* Effect.forkScoped(Deferred.into(sweepOnce(OPTIONS), swept))
            yield* settling.reached
          } else if (event === "settle") {
            yield* settling.open
            assert.strictEqual(yield* Deferred.await(swept), 1)
          } else if (event === "retry begins") {
            yield* Effect.forkScoped(Deferred.into(accept(entry), retried))
            yield* authorizing.reached
          } else {
            yield* authorizing.open
            assert.strictEqual((yield* Deferred.await(retried))._tag, "Accepted")
          }
        }
        assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED", "AUTHORIZED"])
        yield* assertOneLiveAuthorization(orderId)
      })
    )
  }

  for (const how of [before("unavailable"), after("unavailable"), before("dies"), after("dies")]) {
    promise(`settles again what was ${String(how.how)} ${how.when} its effect`, () =>
      Effect.gen(function* () {
        const { payments } = yield* Participants
        const accept = yield* edge
        payments.script.plan("authorize", after("unavailable"))
        payments.script.plan("settle", how)
        const entry = newEntry()
        yield* accept(entry)
        const orderId = yield* orderOfKey(entry.idempotencyKey)
        yield* Effect.exit(sweepOnce(OPTIONS))
        assert.deepStrictEqual(yield* leasesOf(orderId), [{ generation: 1, has_run_out: false, attempts: 1 }])
        assert.strictEqual(yield* sweepOnce(OPTIONS), 0)
        yield* sweepAll
        assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED"])
        assert.deepStrictEqual(yield* leasesOf(orderId), [])
      })
    )
  }

  promise("gives up a settlement that takes too long, and tries it again later", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const { orderId } = yield* begun()
      yield* leasesRunOut
      payments.script.plan("settle", after("never"))
      const exit = yield* Effect.exit(sweepOnce({ ...OPTIONS, downstreamLimitMs: 30 }))
      assert.strictEqual(exit._tag, "Failure")
      assert.strictEqual((yield* leasesOf(orderId)).length, 1)
      yield* sweepAll
      assert.deepStrictEqual(yield* leasesOf(orderId), [])
    })
  )

  promise("settles the neighbours of one that cannot be settled", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const [one, culprit, other] = [yield* begun(), yield* begun(), yield* begun()]
      yield* leasesRunOut
      payments.script.plan("settle", before("unavailable", culprit.orderId))
      assert.strictEqual(yield* sweepOnce(OPTIONS), 3)
      assert.deepStrictEqual(yield* leasesOf(one.orderId), [])
      assert.strictEqual((yield* leasesOf(culprit.orderId)).length, 1)
      assert.deepStrictEqual(yield* leasesOf(other.orderId), [])
    })
  )

  promise("runs by itself, takes more than a batch, and goes on when the database was away", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const steadiness = yield* DatabaseSteadiness
      const orders = yield* Effect.forEach(Array(5), () => begun())
      yield* leasesRunOut
      steadiness.mode = "away"
      yield* Layer.build(Layer.fresh(SweepAbandoned({ ...OPTIONS, batchMax: 2 })))
      const tried = steadiness.transactions
      yield* until(
        "it has tried in vain",
        Effect.sync(() => steadiness.transactions),
        (now) => now > tried + 1
      )
      steadiness.mode = "steady"
      const left = Effect.map(
        Effect.forEach(orders, ({ orderId }) => leasesOf(orderId)),
        (leases) => leases.flat().length
      )
      yield* until("all are settled", left, (count) => count === 0)
      assert.deepStrictEqual(
        payments.script.callsOf("settle").map((settled) => settled.length),
        [2, 2, 1]
      )
    })
  )
})

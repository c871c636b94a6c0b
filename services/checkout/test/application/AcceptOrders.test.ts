import { assert } from "@effect/vitest"
import type { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber, Layer } from "effect"
import { type Accepted, AcceptOrders } from "../../src/application/AcceptOrders.ts"
import { type NewEntry, OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { SagaWakeUp } from "../../src/application/ports/SagaWakeUp.ts"
import { promises } from "../support/Bench.ts"
import {
  allOrders,
  eventsOf,
  leasesOf,
  leasesRunOut,
  ledgerRow,
  orderOfKey,
  queueRow,
  timelineOf
} from "../support/Books.ts"
import { LEASE_MS } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import { MUG, makeOrganization, newEntry, tenantOf, withOtherBody } from "../support/Samples.ts"
import { after, before, Gate } from "../support/Script.ts"
import { DECLINED_TOKEN, UNSTORABLE_TOKEN } from "../support/ScriptedPayments.ts"
import { DatabaseSteadiness, type Steadiness } from "../support/UnsteadyDatabase.ts"

/** Longer than any test: what times out here was forgotten. */
const NEVER_MS = 120_000

const layerOf = (downstreamLimitMs: number) =>
  Layer.fresh(AcceptOrders.layer({ leaseMs: LEASE_MS, downstreamLimitMs, lookAgainLimitMs: 200 }))

const accept = (entries: ReadonlyArray<NewEntry>, downstreamLimitMs = NEVER_MS) =>
  Effect.flatMap(AcceptOrders, (acceptOrders) => acceptOrders(entries)).pipe(Effect.provide(layerOf(downstreamLimitMs)))

const acceptOne = Effect.fnUntraced(function* (entry: NewEntry, downstreamLimitMs = NEVER_MS) {
  const [result] = yield* accept([entry], downstreamLimitMs)
  return result ?? (yield* Effect.die(new Error("no result")))
})

const tagsOf = (results: ReadonlyArray<Accepted>) => results.map(({ _tag }) => _tag)
const ONE_EVENT = ["order.authorized"]

const withToken = (token: string, entry = newEntry()) =>
  newEntry({ ...entry, request: { ...entry.order.request, payment: { method: "card", token } } })

/** Its metadata have a character that no database stores. */
const poisoned = (entry = newEntry()) =>
  newEntry({ ...entry, request: { ...entry.order.request, metadata: { note: "\0" } } })

promises("accepting orders", (promise) => {
  promise("answers on a live authorization, and the order will be executed", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const ledger = yield* OrderLedger
      const entry = newEntry()
      const result = yield* acceptOne(entry)
      assert(result._tag === "Accepted")
      const { orderId, organizationId } = result.entry
      assert.deepStrictEqual(payments.statesOf(orderId), ["AUTHORIZED"])
      assert.strictEqual(payments.payments.get(`${orderId}/1`)?.amountMinor, entry.order.totalMinor)
      assert.isTrue((yield* queueRow(orderId))?.is_due)
      assert.deepStrictEqual(yield* eventsOf(orderId), ONE_EVENT)
      // The answer is the entry as the ledger has it, without having read it back.
      const [kept] = yield* ledger.load([{ organizationId, sagaId: orderId }])
      assert(kept !== undefined)
      assert.deepStrictEqual({ ...result.entry, updatedAt: kept.updatedAt }, kept)
    })
  )

  promise("wakes the orchestrators once orders are accepted, and not for nothing", () =>
    Effect.gen(function* () {
      const woken: Array<unknown> = []
      const queued = Effect.flatMap(allOrders, (orders) => Effect.forEach(orders, queueRow))
      const context = yield* Effect.context<OwnerDatabase>()
      const bell = Layer.succeed(SagaWakeUp, {
        wake: Effect.provide(
          Effect.map(queued, (rows) => void woken.push(rows.map((row) => row?.is_due))),
          context
        ),
        listen: () => Effect.never
      })
      const acceptWithBell = (entries: ReadonlyArray<NewEntry>) => Effect.provide(accept(entries), bell)
      yield* acceptWithBell([withToken(DECLINED_TOKEN)])
      assert.deepStrictEqual(woken, [])
      yield* acceptWithBell([newEntry(), newEntry()])
      // What it wakes them for is there by then; the declined one is in no queue.
      assert.deepStrictEqual(woken, [[undefined, true, true]])
    })
  )

  promise("writes and authorizes a batch together, whatever its size", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const steadiness = yield* DatabaseSteadiness
      const entries = Array.from({ length: 100 }, () => newEntry())
      const results = yield* accept(entries)
      assert.deepStrictEqual(tagsOf(results), Array(100).fill("Accepted"))
      assert.strictEqual(payments.script.callsOf("authorize").length, 1)
      assert.strictEqual(steadiness.transactions, 2)
      results.forEach((result, index) => {
        assert(result._tag === "Accepted")
        assert.strictEqual(result.entry.clientRequestId, entries[index]?.idempotencyKey)
      })
    })
  )

  promise(
    "makes one order of equal requests that come together, and answers the others as if they came just after",
    () =>
      Effect.gen(function* () {
        const { payments } = yield* Participants
        const entry = newEntry()
        const results = yield* accept([newEntry(), entry, entry, entry])
        assert.deepStrictEqual(tagsOf(results), ["Accepted", "Accepted", "Replayed", "Replayed"])
        const [, first, second] = results
        assert(first?._tag === "Accepted" && second?._tag === "Replayed")
        assert.strictEqual(second.orderId, first.entry.orderId)
        assert.strictEqual((yield* allOrders).length, 2)
        assert.deepStrictEqual(payments.statesOf(second.orderId), ["AUTHORIZED"])
      })
  )

  promise("refuses requests under one key with other bodies, and takes the first", () =>
    Effect.gen(function* () {
      const entry = newEntry()
      const results = yield* accept([entry, withOtherBody(entry), entry])
      assert.deepStrictEqual(tagsOf(results), ["Accepted", "KeyReused", "Replayed"])
      assert.strictEqual((yield* allOrders).length, 1)
    })
  )

  promise("replays an order's own request that comes together with, and after, one that misuses its key", () =>
    Effect.gen(function* () {
      const entry = newEntry()
      yield* acceptOne(entry)
      const other = withOtherBody(entry)
      const results = yield* accept([other, entry, other, entry])
      assert.deepStrictEqual(tagsOf(results), ["KeyReused", "Replayed", "KeyReused", "Replayed"])
    })
  )

  promise("takes the same key of another principal or organization for another order", () =>
    Effect.gen(function* () {
      const here = makeOrganization()
      const entry = newEntry({ tenant: tenantOf(here, "alice") })
      const results = yield* accept([
        entry,
        { ...entry, tenant: tenantOf(here, "bob") },
        { ...entry, tenant: tenantOf(makeOrganization(), "alice") }
      ])
      assert.deepStrictEqual(tagsOf(results), ["Accepted", "Accepted", "Accepted"])
      assert.strictEqual((yield* allOrders).length, 3)
    })
  )

  promise("replays an accepted order for the same key and body, and authorizes nothing again", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const entry = newEntry()
      const first = yield* acceptOne(entry)
      assert(first._tag === "Accepted")
      const { orderId } = first.entry
      assert.deepStrictEqual(yield* acceptOne(entry), { _tag: "Replayed", orderId })
      assert.deepStrictEqual(yield* acceptOne(withOtherBody(entry)), { _tag: "KeyReused" })
      assert.strictEqual(payments.script.callsOf("authorize").length, 1)
      assert.deepStrictEqual(yield* eventsOf(orderId), ONE_EVENT)
    })
  )

  promise("is in progress while an edge is at work on it", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("authorize", before(gate))
      const entry = newEntry()
      const first = yield* Effect.forkScoped(acceptOne(entry))
      yield* gate.reached
      assert.deepStrictEqual(yield* acceptOne(entry), { _tag: "InProgress" })
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(first))._tag, "Accepted")
    })
  )

  promise("makes a declined payment final, and replays it", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const entry = withToken(DECLINED_TOKEN)
      const results = yield* accept([entry, entry])
      assert.deepStrictEqual(tagsOf(results), ["Declined", "Replayed"])
      const [first] = results
      assert(first?._tag === "Declined")
      assert.deepStrictEqual(first.failure, {
        step: "authorize",
        code: "payment_declined",
        message: "Not enough money.",
        details: { decline_code: "insufficient_funds" }
      })
      assert.deepStrictEqual(yield* acceptOne(entry), { _tag: "Replayed", orderId: first.orderId })
      assert.strictEqual(payments.script.callsOf("authorize").length, 1)
      assert.strictEqual((yield* ledgerRow(first.orderId)).status, "AUTHORIZATION_FAILED")
      assert.isUndefined(yield* queueRow(first.orderId))
    })
  )

  promise("lets the neighbours of a declined and of an unanswered one through", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const silentOne = newEntry()
      yield* acceptOne(silentOne)
      const orderId = yield* orderOfKey(silentOne.idempotencyKey)
      assert.isDefined(orderId)
      const [good, bad, silent] = [newEntry(), withToken(DECLINED_TOKEN), newEntry()]
      // Which order the silent one becomes is not known before it is begun, so the second call plays it alone.
      const gate = new Gate()
      payments.script.plan("authorize", before(gate))
      const batch = yield* Effect.forkScoped(accept([good, bad, silent]))
      yield* gate.reached
      payments.silence(yield* orderOfKey(silent.idempotencyKey))
      yield* gate.open
      assert.deepStrictEqual(tagsOf(yield* Fiber.join(batch)), ["Accepted", "Declined", "Unavailable"])
    })
  )

  promise("is not final when the provider gives no answer: the same key begins the next generation", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      payments.script.plan("authorize", after("unavailable"))
      const entry = newEntry()
      assert.deepStrictEqual(yield* acceptOne(entry), { _tag: "Unavailable", reason: "no answer" })
      const orderId = yield* orderOfKey(entry.idempotencyKey)
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
      const again = yield* acceptOne(entry)
      assert(again._tag === "Accepted")
      assert.deepInclude(again.entry, { orderId, generation: 2, paymentAuthorizationId: `auth-${orderId}-2` })
      assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 UNAVAILABLE", "authorize 2 DONE"])
      assert.deepStrictEqual(payments.statesOf(orderId), ["AUTHORIZED", "AUTHORIZED"])
      assert.deepStrictEqual(
        (yield* leasesOf(orderId)).map((lease) => lease.generation),
        [1]
      )
    })
  )

  promise("gives up a provider that is silent for longer than its limit", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      payments.script.plan("authorize", after("never"))
      const entry = newEntry()
      assert.deepStrictEqual(yield* acceptOne(entry, 40), { _tag: "Unavailable", reason: "no answer in 40 ms" })
      assert.isTrue((yield* ledgerRow(yield* orderOfKey(entry.idempotencyKey))).abandoned)
      assert.strictEqual((yield* acceptOne(entry))._tag, "Accepted")
    })
  )

  promise("answers all of a batch when payments dies, and abandons every one", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      payments.script.plan("authorize", after("dies"))
      const entries = [newEntry(), newEntry()]
      assert.deepStrictEqual(tagsOf(yield* accept(entries)), ["Unavailable", "Unavailable"])
      assert.deepStrictEqual(tagsOf(yield* accept(entries)), ["Accepted", "Accepted"])
    })
  )

  promise("never answers Accepted on an authorization that the sweep took meanwhile", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const ledger = yield* OrderLedger
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const entry = newEntry()
      const late = yield* Effect.forkScoped(acceptOne(entry))
      yield* gate.reached
      yield* leasesRunOut
      assert.strictEqual((yield* ledger.abandonExpired({ limit: 10, retryMs: LEASE_MS })).length, 1)
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(late))._tag, "Unavailable")
      const orderId = yield* orderOfKey(entry.idempotencyKey)
      assert.isUndefined(yield* queueRow(orderId))
      assert.deepStrictEqual(yield* eventsOf(orderId), [])
    })
  )

  promise("shows the lines of an order that is taken up again as they were first priced", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      payments.script.plan("authorize", before("unavailable"))
      const entry = newEntry()
      yield* acceptOne(entry)
      const lines = entry.order.lines.map((line) => ({ ...line, unitPriceMinor: MUG.unitPriceMinor, sku: "NEW" }))
      const again = yield* acceptOne({ ...entry, order: { ...entry.order, lines } })
      assert(again._tag === "Accepted")
      assert.deepStrictEqual(again.entry.lines, entry.order.lines)
      assert.strictEqual(again.entry.totalMinor, entry.order.totalMinor)
    })
  )

  promise("refuses a poisoned order alone, and accepts the fifteen that came with it", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const entries = Array.from({ length: 16 }, () => newEntry())
      entries[11] = poisoned()
      const results = yield* accept(entries)
      assert.deepStrictEqual(
        tagsOf(results),
        entries.map((_, index) => (index === 11 ? "Refused" : "Accepted"))
      )
      assert.strictEqual((yield* allOrders).length, 15)
      assert.strictEqual(new Set(payments.script.callsOf("authorize").flat()).size, 15)
      for (const orderId of yield* allOrders) assert.deepStrictEqual(payments.statesOf(orderId), ["AUTHORIZED"])
    })
  )

  promise("abandons an order alone whose authorization cannot be written, and accepts those that came with it", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const entries = Array.from({ length: 8 }, () => newEntry())
      const culprit = withToken(UNSTORABLE_TOKEN)
      entries[5] = culprit
      const results = yield* accept(entries)
      assert.deepStrictEqual(
        tagsOf(results),
        entries.map((_, index) => (index === 5 ? "Unavailable" : "Accepted"))
      )
      assert.strictEqual(payments.script.callsOf("authorize").length, 1)
      const orderId = yield* orderOfKey(culprit.idempotencyKey)
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION" })
      assert.strictEqual((yield* leasesOf(orderId)).length, 1)
      assert.strictEqual((yield* allOrders).length, 8)
    })
  )

  promise("answers Unavailable for all while the database is away, tries no second time, and accepts them later", () =>
    Effect.gen(function* () {
      const steadiness = yield* DatabaseSteadiness
      const { payments } = yield* Participants
      const entries = Array.from({ length: 16 }, () => newEntry())
      steadiness.mode = "away"
      const results = yield* accept(entries)
      assert.deepStrictEqual(results, Array(16).fill({ _tag: "Unavailable", reason: "the database is away" }))
      assert.strictEqual(steadiness.transactions, 1)
      assert.strictEqual(payments.script.calls.length, 0)
      steadiness.mode = "steady"
      assert.deepStrictEqual(tagsOf(yield* accept(entries)), Array(16).fill("Accepted"))
    })
  )

  promise("leaves authorizations to the sweep when the database goes away before they are concluded", () =>
    Effect.gen(function* () {
      const steadiness = yield* DatabaseSteadiness
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const entries = [newEntry(), newEntry()]
      const accepting = yield* Effect.forkScoped(accept(entries))
      yield* gate.reached
      steadiness.mode = "away"
      yield* gate.open
      assert.deepStrictEqual(tagsOf(yield* Fiber.join(accepting)), ["Unavailable", "Unavailable"])
      steadiness.mode = "steady"
      for (const orderId of yield* allOrders) {
        assert.strictEqual((yield* ledgerRow(orderId)).status, "AWAITING_AUTHORIZATION")
        assert.strictEqual((yield* leasesOf(orderId)).length, 1)
      }
      yield* leasesRunOut
      assert.deepStrictEqual(tagsOf(yield* accept(entries)), ["Accepted", "Accepted"])
    })
  )

  /** Accepts a batch; the database turns to this mode when it is about to be concluded. */
  const concludedIn = Effect.fnUntraced(function* (mode: Steadiness["mode"], entries: ReadonlyArray<NewEntry>) {
    const steadiness = yield* DatabaseSteadiness
    const { payments } = yield* Participants
    const gate = new Gate()
    payments.script.plan("authorize", after(gate))
    const accepting = yield* Effect.forkScoped(accept(entries))
    yield* gate.reached
    steadiness.mode = mode
    yield* gate.open
    return yield* Fiber.join(accepting)
  })

  promise("answers what was written when only the answer to its conclusion was lost: accepted, and declined", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const [good, bad] = [newEntry(), withToken(DECLINED_TOKEN)]
      const results = yield* concludedIn("silent once", [good, bad])
      assert.deepStrictEqual(tagsOf(results), ["Accepted", "Declined"])
      const orderId = yield* orderOfKey(good.idempotencyKey)
      assert.isTrue((yield* queueRow(orderId))?.is_due)
      assert.deepStrictEqual(yield* leasesOf(orderId), [])
      assert.deepStrictEqual(yield* eventsOf(orderId), ONE_EVENT)
      assert.deepStrictEqual(payments.statesOf(orderId), ["AUTHORIZED"])
      assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 DONE"])
    })
  )

  promise("gives an order up at once whose conclusion was not written: the same key begins the next generation", () =>
    Effect.gen(function* () {
      const entries = [newEntry(), withToken(DECLINED_TOKEN)]
      assert.deepStrictEqual(tagsOf(yield* concludedIn("away once", entries)), ["Unavailable", "Unavailable"])
      for (const orderId of yield* allOrders) {
        assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
        assert.isUndefined(yield* queueRow(orderId))
        assert.isTrue((yield* leasesOf(orderId))[0]?.has_run_out)
      }
      // Nobody has to wait for a lease to run out.
      const again = yield* accept(entries)
      assert.deepStrictEqual(tagsOf(again), ["Accepted", "Declined"])
      assert(again[0]?._tag === "Accepted")
      assert.strictEqual(again[0].entry.generation, 2)
    })
  )

  promise("replays an order as accepted whose acceptance was written but whose answer was lost", () =>
    Effect.gen(function* () {
      const steadiness = yield* DatabaseSteadiness
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const entry = newEntry()
      const accepting = yield* Effect.forkScoped(acceptOne(entry))
      yield* gate.reached
      steadiness.mode = "silent"
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(accepting))._tag, "Unavailable")
      steadiness.mode = "steady"
      const orderId = yield* orderOfKey(entry.idempotencyKey)
      assert.deepStrictEqual(yield* acceptOne(entry), { _tag: "Replayed", orderId })
      assert.isDefined(yield* queueRow(orderId))
    })
  )

  promise("finds the entry again that was written but whose answer was lost, once its lease has run out", () =>
    Effect.gen(function* () {
      const steadiness = yield* DatabaseSteadiness
      const { payments } = yield* Participants
      steadiness.mode = "silent"
      const entry = newEntry()
      assert.strictEqual((yield* acceptOne(entry))._tag, "Unavailable")
      assert.strictEqual(payments.script.calls.length, 0)
      steadiness.mode = "steady"
      assert.deepStrictEqual(yield* acceptOne(entry), { _tag: "InProgress" })
      yield* leasesRunOut
      assert.strictEqual((yield* acceptOne(entry))._tag, "Accepted")
      assert.strictEqual((yield* allOrders).length, 1)
    })
  )
})

import { assert } from "@effect/vitest"
import { MinorUnits, makeProductId } from "@valerix/money-and-ids"
import { CorrelationId, CurrentCorrelationId } from "@valerix/telemetry"
import { Effect, Fiber, Layer } from "effect"
import type { AcceptanceLimits } from "../../src/application/AcceptanceBuffer.ts"
import { AcceptOrders } from "../../src/application/AcceptOrders.ts"
import { Catalogue } from "../../src/application/Catalogue.ts"
import { PlaceOrder } from "../../src/application/PlaceOrder.ts"
import { promises } from "../support/Bench.ts"
import { allOrders, leasesOf } from "../support/Books.ts"
import { LEASE_MS } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import {
  bySku,
  makeKey,
  makeOrganization,
  SAMPLE_TOTAL_MINOR,
  sampleRequest,
  tenantOf,
  USD
} from "../support/Samples.ts"
import { after, before, Gate } from "../support/Script.ts"
import { DatabaseSteadiness } from "../support/UnsteadyDatabase.ts"
import { until } from "../support/Until.ts"

const LIMIT_MS = 60_000

/** An edge, and an organization with the sample products. */
const edge = Effect.fnUntraced(function* (acceptance: Partial<AcceptanceLimits> = {}) {
  const { catalogue } = yield* Participants
  const tenant = tenantOf(makeOrganization())
  catalogue.offerSamples(tenant.organizationId)
  const limits = { batchMax: 64, batchWeightMax: 1_000, waitingMax: 10_000, waitingWeightMax: 100_000 }
  const layer = PlaceOrder.layer({ concurrentBatches: 2, ...limits, ...acceptance }).pipe(
    Layer.provide([
      AcceptOrders.layer({ leaseMs: LEASE_MS, downstreamLimitMs: LIMIT_MS, lookAgainLimitMs: 200 }),
      Catalogue.layer({
        refreshIntervalMs: 2,
        downstreamLimitMs: LIMIT_MS,
        productsMax: 1_000,
        organizationsPerPage: 2
      })
    ])
  )
  const context = yield* Layer.build(Layer.fresh(layer))
  const place = (key: string, request = sampleRequest(), by = tenant) =>
    Effect.flatMap(PlaceOrder, (placeOrder) => placeOrder(by, key, request)).pipe(Effect.provide(context))
  return { tenant, place, catalogue }
})

promises("placing an order", (promise) => {
  promise("prices it by the catalogue and accepts it", () =>
    Effect.gen(function* () {
      const { place, tenant } = yield* edge()
      const key = makeKey()
      const placed = yield* Effect.provideService(place(key), CurrentCorrelationId, CorrelationId.make("req-7"))
      assert(placed._tag === "Accepted")
      assert.deepInclude(placed.entry, {
        organizationId: tenant.organizationId,
        clientRequestId: key,
        totalMinor: SAMPLE_TOTAL_MINOR,
        status: "AUTHORIZED",
        correlationId: "req-7"
      })
    })
  )

  promise("refuses a bad request, names everything that is wrong, and writes nothing", () =>
    Effect.gen(function* () {
      const { place } = yield* edge()
      const { payments } = yield* Participants
      const items = [bySku("NONE"), bySku("MUG-1"), bySku("NEITHER")]
      const error = yield* Effect.flip(place(makeKey(), sampleRequest({ items })))
      assert(error._tag === "OrderNotPriceable")
      assert.deepStrictEqual(
        error.problems.map(({ field }) => field),
        ["items[0].sku", "items[2].sku"]
      )
      assert.deepStrictEqual(yield* allOrders, [])
      assert.deepStrictEqual(payments.script.calls, [])
    })
  )

  promise("costs far fewer statements and calls than there are orders, when many come at once", () =>
    Effect.gen(function* () {
      const { place } = yield* edge()
      const { payments } = yield* Participants
      const steadiness = yield* DatabaseSteadiness
      yield* place(makeKey())
      const [transactions, calls] = [steadiness.transactions, payments.script.calls.length]
      const placed = yield* Effect.forEach(
        Array.from({ length: 300 }, () => makeKey()),
        (key) => place(key),
        { concurrency: "unbounded" }
      )
      assert.isTrue(placed.every((one) => one._tag === "Accepted"))
      assert.strictEqual((yield* allOrders).length, 301)
      const batches = payments.script.calls.length - calls
      assert.isAtMost(batches, 20)
      // The catalogue looks for changes meanwhile, which are not the orders' transactions.
      assert.isAtMost(steadiness.transactions - transactions, 150)
    })
  )

  promise("makes one order of equal requests that come at once, and gives everybody that order", () =>
    Effect.gen(function* () {
      const { place } = yield* edge()
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      payments.script.plan("authorize", after(gate))
      // Both batches are under way with others, so that the equal requests come together.
      const others = yield* Effect.forEach([1, 2], () =>
        Effect.forkScoped(place(makeKey()), { startImmediately: true })
      )
      yield* until(
        "both batches are under way",
        Effect.sync(() => payments.script.calls.length),
        (calls) => calls === 2
      )
      const key = makeKey()
      const equal = yield* Effect.forEach([1, 2, 3], () => Effect.forkScoped(place(key), { startImmediately: true }))
      yield* gate.open
      yield* Effect.forEach(others, Fiber.join)
      const results = yield* Effect.forEach(equal, Fiber.join)
      assert.deepStrictEqual(
        results.map((one) => one._tag),
        ["Accepted", "Replayed", "Replayed"]
      )
      assert.strictEqual((yield* allOrders).length, 3)
    })
  )

  promise("replays an order whose products cannot be priced any more", () =>
    Effect.gen(function* () {
      const { catalogue, place, tenant } = yield* edge()
      const key = makeKey()
      const request = sampleRequest({
        items: [bySku("MUG-1")],
        adjustments: [
          {
            kind: "DISCOUNT",
            amount: { amountMinor: MinorUnits.make(-1500), currency: sampleRequest().currency ?? USD },
            description: undefined
          }
        ]
      })
      const first = yield* place(key, request)
      assert(first._tag === "Accepted")
      catalogue.changePrice(tenant.organizationId, "MUG-1", MinorUnits.make(1000))
      yield* until(
        "the price is lower than the discount",
        Effect.exit(Effect.suspend(() => place(makeKey(), request))),
        (exit) => exit._tag === "Failure"
      )
      assert.deepStrictEqual(yield* place(key, request), { _tag: "Replayed", orderId: first.entry.orderId })
    })
  )

  promise("tells a bad request under a used key that the key was used", () =>
    Effect.gen(function* () {
      const { place, tenant } = yield* edge()
      const key = makeKey()
      yield* place(key)
      const bad = sampleRequest({ items: [bySku("NONE")] })
      assert.deepStrictEqual(yield* place(key, bad), { _tag: "KeyReused" })
      const bob = tenantOf(tenant.organizationId, "bob")
      assert.strictEqual((yield* Effect.flip(place(key, bad, bob)))._tag, "OrderNotPriceable")
    })
  )

  promise("refuses a request that can no longer be priced and was never accepted", () =>
    Effect.gen(function* () {
      const { place } = yield* edge()
      const { payments } = yield* Participants
      const [key, bad] = [makeKey(), sampleRequest({ items: [bySku("NONE")] })]
      for (const _ of [1, 2]) assert.strictEqual((yield* Effect.flip(place(key, bad)))._tag, "OrderNotPriceable")
      payments.script.plan("authorize", before("unavailable"))
      assert.strictEqual((yield* place(key))._tag, "Unavailable")
      assert.strictEqual((yield* place(key, bad))._tag, "KeyReused")
    })
  )

  promise("is not final when a product is not known and inventory is away", () =>
    Effect.gen(function* () {
      const { catalogue, place } = yield* edge()
      catalogue.onChanges = "dies"
      catalogue.onFind = "dies"
      const key = makeKey()
      const placed = yield* place(key)
      assert.deepStrictEqual(placed, {
        _tag: "Unavailable",
        reason: "the products cannot be looked up: inventory is away"
      })
      assert.deepStrictEqual(yield* allOrders, [])
      catalogue.onFind = "answers"
      assert.strictEqual((yield* place(key))._tag, "Accepted")
    })
  )

  promise("replays while inventory is away, whatever the request names", () =>
    Effect.gen(function* () {
      const { catalogue, place } = yield* edge()
      const key = makeKey()
      const first = yield* place(key)
      assert(first._tag === "Accepted")
      catalogue.onFind = "dies"
      catalogue.onChanges = "dies"
      assert.deepStrictEqual(yield* place(key), { _tag: "Replayed", orderId: first.entry.orderId })
      const unknown = { ...bySku("NONE"), product: { _tag: "ById" as const, productId: makeProductId() } }
      assert.deepStrictEqual(yield* place(key, sampleRequest({ items: [unknown] })), { _tag: "KeyReused" })
    })
  )

  promise("refuses at once when too many wait, writes nothing for them, and takes them later", () =>
    Effect.gen(function* () {
      const { place } = yield* edge({ batchMax: 1, concurrentBatches: 1, waitingMax: 1 })
      const { payments } = yield* Participants
      yield* place(makeKey())
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const first = yield* Effect.forkScoped(place(makeKey()), { startImmediately: true })
      yield* gate.reached
      const second = yield* Effect.forkScoped(place(makeKey()), { startImmediately: true })
      const key = makeKey()
      assert.strictEqual((yield* Effect.flip(place(key)))._tag, "Overloaded")
      assert.strictEqual((yield* allOrders).length, 2)
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(first))._tag, "Accepted")
      assert.strictEqual((yield* Fiber.join(second))._tag, "Accepted")
      assert.strictEqual((yield* place(key))._tag, "Accepted")
    })
  )

  promise("writes orders of many lines in batches of so many lines, one that is larger alone", () =>
    Effect.gen(function* () {
      const { place } = yield* edge({ concurrentBatches: 1, batchWeightMax: 100 })
      const { payments } = yield* Participants
      const ofLines = (count: number) => sampleRequest({ items: Array.from({ length: count }, () => bySku("MUG-1")) })
      yield* place(makeKey())
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const first = yield* Effect.forkScoped(place(makeKey()), { startImmediately: true })
      yield* gate.reached
      const sizes = [40, 40, 40, 150, 10, 10]
      const waiting = yield* Effect.forEach(sizes, (count) =>
        Effect.forkScoped(place(makeKey(), ofLines(count)), { startImmediately: true })
      )
      yield* gate.open
      yield* Fiber.join(first)
      const placed = yield* Effect.forEach(waiting, Fiber.join)
      const linesOf = new Map(
        placed.map((one) => (one._tag === "Accepted" ? [one.entry.orderId, one.entry.lines.length] : ["", 0]))
      )
      const batches = payments.script.callsOf("authorize").map((orders) => orders.map((order) => linesOf.get(order)))
      assert.deepStrictEqual(batches.slice(2), [[40, 40], [40], [150], [10, 10]])
    })
  )

  promise("counts what else is in a request as lines: a large document weighs as much as many", () =>
    Effect.gen(function* () {
      const { place } = yield* edge({ concurrentBatches: 1, batchWeightMax: 100 })
      const { payments } = yield* Participants
      const large = sampleRequest({ metadata: { note: "x".repeat(9_000) } })
      yield* place(makeKey())
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const first = yield* Effect.forkScoped(place(makeKey()), { startImmediately: true })
      yield* gate.reached
      const waiting = yield* Effect.forEach([1, 2], () =>
        Effect.forkScoped(place(makeKey(), large), { startImmediately: true })
      )
      yield* gate.open
      yield* Effect.forEach([first, ...waiting], Fiber.join)
      assert.deepStrictEqual(
        payments.script.callsOf("authorize").map((orders) => orders.length),
        [1, 1, 1, 1]
      )
    })
  )

  promise("goes on with an order whose caller went away", () =>
    Effect.gen(function* () {
      const { place } = yield* edge()
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("authorize", after(gate))
      const key = makeKey()
      const caller = yield* Effect.forkScoped(place(key), { startImmediately: true })
      yield* gate.reached
      yield* Fiber.interrupt(caller)
      yield* gate.open
      const [orderId] = yield* allOrders
      assert(orderId !== undefined)
      yield* until("it is concluded", leasesOf(orderId), (leases) => leases.length === 0)
      assert.deepStrictEqual(yield* place(key), { _tag: "Replayed", orderId })
    })
  )
})

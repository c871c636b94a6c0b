import { assert } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { abandoned, accepted, authorized, begin, begun, declined, LEASE_MS } from "../support/Orders.ts"
import { MUG, makeOrganization, newEntry, PEN, tenantOf, withOtherBody } from "../support/Samples.ts"
import type { LedgerPromises } from "./LedgerBooks.ts"
import { entryOf, inBooks, leasesRunOut, standingOf, take } from "./Steps.ts"

const tagsOf = (results: ReadonlyArray<{ readonly _tag: string }>) => results.map(({ _tag }) => _tag)

const everything = { states: undefined, customerId: undefined, beforeOrderId: undefined, limit: 100 }

/** What becomes of a request. */
export const beginning: LedgerPromises = {
  "writes the entry, its lines and its lease": Effect.gen(function* () {
    const entry = newEntry()
    const [result] = yield* begin(entry)
    assert(result?._tag === "Begun")
    const { authorization, createdAt, ...rest } = result
    const { organizationId } = entry.tenant
    const { orderId } = authorization
    assert.deepStrictEqual(authorization, { organizationId, orderId, generation: 1, correlationId: "req-1" })
    assert.deepStrictEqual(rest, {
      _tag: "Begun",
      totalMinor: entry.order.totalMinor,
      currency: entry.order.currency,
      lines: [MUG, PEN],
      customerId: entry.order.request.customerId
    })
    const written = yield* entryOf(authorization)
    assert.deepInclude(written, { status: "AWAITING_AUTHORIZATION", generation: 1, isAbandoned: false, createdAt })
    assert.deepInclude(written, { lines: [MUG, PEN], paymentAuthorizationId: undefined })
    assert.deepStrictEqual(yield* inBooks(({ leases }) => leases(orderId)), [{ generation: 1, hasRunOut: false }])
    assert.isUndefined(yield* inBooks(({ queued }) => queued(orderId)))
  }),

  "gives each of a batch its own result, in their order": Effect.gen(function* () {
    const organizationId = makeOrganization()
    const [fresh, running, done, taken] = [1, 2, 3, 4].map(() => newEntry({ tenant: tenantOf(organizationId) }))
    assert(fresh !== undefined && running !== undefined && done !== undefined && taken !== undefined)
    const first = yield* begun(running)
    const second = yield* accepted(done)
    yield* begun(taken)
    const results = yield* begin(withOtherBody(taken), done, fresh, running)
    assert.deepStrictEqual(tagsOf(results), ["KeyReused", "Known", "Begun", "InProgress"])
    assert.deepInclude(results[1], { orderId: second.orderId })
    assert.deepInclude(results[3], { orderId: first.orderId })
    assert.deepStrictEqual(yield* begin(), [])
  }),

  "knows the same request again once it is accepted or declined": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const order = yield* accepted()
    assert.deepStrictEqual(yield* begin(order.entry), [{ _tag: "Known", orderId: order.orderId }])
    const other = yield* begun()
    yield* ledger.conclude([declined(other.authorization)])
    assert.deepStrictEqual(yield* begin(other.entry), [{ _tag: "Known", orderId: other.orderId }])
  }),

  "is in progress while an edge holds the lease": Effect.gen(function* () {
    const { authorization, entry, orderId } = yield* begun()
    assert.deepStrictEqual(yield* begin(entry), [{ _tag: "InProgress", orderId }])
    assert.strictEqual((yield* entryOf(authorization)).generation, 1)
  }),

  "refuses another request under the same key, whatever became of the first": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization, entry } = yield* begun()
    const other = withOtherBody(entry)
    assert.deepStrictEqual(tagsOf(yield* begin(other)), ["KeyReused"])
    yield* ledger.conclude([abandoned(authorization)])
    assert.deepStrictEqual(tagsOf(yield* begin(other)), ["KeyReused"])
    const done = yield* accepted()
    assert.deepStrictEqual(tagsOf(yield* begin(withOtherBody(done.entry))), ["KeyReused"])
  }),

  "tells two requests under one key apart, when they come in one batch with the order's own": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { entry, organizationId } = yield* accepted()
    assert.deepStrictEqual(tagsOf(yield* begin(withOtherBody(entry), entry)), ["KeyReused", "Known"])
    const fresh = newEntry({ tenant: entry.tenant })
    assert.deepStrictEqual(tagsOf(yield* begin(fresh, withOtherBody(fresh))), ["Begun", "KeyReused"])
    assert.strictEqual((yield* ledger.list(organizationId, everything)).length, 2)
  }),

  "takes the same key of another principal or another organization for another order": Effect.gen(function* () {
    const [here, there] = [makeOrganization(), makeOrganization()]
    const entry = newEntry({ tenant: tenantOf(here, "alice") })
    const entries = [entry, { ...entry, tenant: tenantOf(here, "bob") }, { ...entry, tenant: tenantOf(there, "alice") }]
    const results = yield* begin(...entries)
    assert.deepStrictEqual(tagsOf(results), ["Begun", "Begun", "Begun"])
    const orders = results.map((one) => (one._tag === "Begun" ? one.authorization.orderId : undefined))
    assert.strictEqual(new Set(orders).size, 3)
    assert.deepStrictEqual(
      yield* begin(...entries),
      orders.map((orderId) => (orderId === undefined ? assert.fail() : { _tag: "InProgress", orderId }))
    )
  }),

  "takes an abandoned entry up again, as its next generation": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization, entry, orderId } = yield* begun()
    yield* ledger.conclude([abandoned(authorization)])
    const again = yield* begun({ ...entry, correlationId: "req-2" })
    assert.deepStrictEqual(again.authorization, { ...authorization, generation: 2 })
    assert.deepInclude(yield* standingOf(authorization), { generation: 2, isAbandoned: false })
    assert.deepStrictEqual(yield* inBooks(({ leases }) => leases(orderId)), [
      { generation: 1, hasRunOut: true },
      { generation: 2, hasRunOut: false }
    ])
  }),

  "takes an entry up again whose lease ran out before anybody abandoned it": Effect.gen(function* () {
    const { authorization, entry } = yield* begun()
    yield* leasesRunOut
    assert.strictEqual((yield* begun(entry)).authorization.generation, 2)
    assert.strictEqual((yield* entryOf(authorization)).generation, 2)
  }),

  "takes an entry up again although an earlier authorization is still being settled": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const first = yield* begun()
    yield* ledger.conclude([abandoned(first.authorization)])
    const second = yield* begun(first.entry)
    assert.strictEqual(second.authorization.generation, 2)
    const taken = yield* ledger.abandonExpired({ limit: 10, retryMs: 10 * LEASE_MS })
    assert.deepStrictEqual(taken, [first.authorization])
    // The second edge dies as well, and no sweep has come by yet.
    yield* leasesRunOut
    assert.strictEqual((yield* begun(first.entry)).authorization.generation, 3)
  }),

  "keeps the prices that the order was begun with when it is taken up again": Effect.gen(function* () {
    const { entry } = yield* begun()
    yield* leasesRunOut
    const dearer = {
      ...entry,
      order: {
        ...entry.order,
        totalMinor: MinorUnits.make(9_999_999),
        lines: entry.order.lines.map((line) => ({ ...line, unitPriceMinor: MinorUnits.make(3_333_333) }))
      }
    }
    const [again] = yield* begin(dearer)
    assert(again?._tag === "Begun")
    assert.deepInclude(again, { totalMinor: entry.order.totalMinor, currency: entry.order.currency })
    assert.deepStrictEqual(again.lines, entry.order.lines)
  }),

  "recalls of a request what beginning it would say, and begins nothing": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const [running, done, given, unknown] = [yield* begun(), yield* accepted(), yield* begun(), newEntry()]
    yield* ledger.conclude([abandoned(given.authorization)])
    assert.deepStrictEqual(yield* ledger.recall(running.entry), { _tag: "InProgress", orderId: running.orderId })
    assert.deepStrictEqual(yield* ledger.recall(done.entry), { _tag: "Known", orderId: done.orderId })
    assert.deepStrictEqual(yield* ledger.recall(withOtherBody(done.entry)), { _tag: "KeyReused" })
    assert.isUndefined(yield* ledger.recall(given.entry))
    assert.isUndefined(yield* ledger.recall(unknown))
    assert.deepStrictEqual(yield* take, [given.authorization])
    assert.strictEqual((yield* begun(unknown)).authorization.generation, 1)
  }),

  "knows a request whose order is being executed, and concludes it no more": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const order = yield* accepted()
    yield* leasesRunOut
    assert.deepStrictEqual(yield* begin(order.entry), [{ _tag: "Known", orderId: order.orderId }])
    assert.deepStrictEqual(yield* take, [])
    assert.deepStrictEqual(yield* ledger.conclude([authorized(order.authorization)]), [false])
  })
}

import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { abandoned, authorized, begin, begun, LEASE_MS } from "../support/Orders.ts"
import { newEntry } from "../support/Samples.ts"
import { LedgerBooks, type LedgerPromises } from "./LedgerBooks.ts"
import { entryOf, inBooks, leasesRunOut, standingOf, take, timelineOf } from "./Steps.ts"

/** What becomes of authorizations that no edge concluded. */
export const sweeping: LedgerPromises = {
  "abandons those whose lease ran out, and gives them": Effect.gen(function* () {
    const { authorization } = yield* begun()
    assert.deepStrictEqual(yield* take, [])
    yield* leasesRunOut
    const fresh = yield* begun()
    assert.deepStrictEqual(yield* take, [authorization])
    assert.isTrue((yield* standingOf(authorization)).isAbandoned)
    assert.isFalse((yield* standingOf(fresh.authorization)).isAbandoned)
  }),

  "gives what was taken and not settled again, when the time for it has run out": Effect.gen(function* () {
    const { authorization, orderId } = yield* begun()
    yield* leasesRunOut
    assert.deepStrictEqual(yield* take, [authorization])
    assert.deepStrictEqual(yield* take, [])
    assert.deepStrictEqual(yield* inBooks(({ leases }) => leases(orderId)), [{ generation: 1, hasRunOut: false }])
    yield* leasesRunOut
    assert.deepStrictEqual(yield* take, [authorization])
  }),

  "takes the oldest first, and no more than it is told": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { passTime } = yield* LedgerBooks
    const orders = yield* Effect.forEach([1, 2, 3], () => Effect.tap(begun(), () => passTime(1_000)))
    yield* leasesRunOut
    const taken = yield* ledger.abandonExpired({ limit: 2, retryMs: LEASE_MS })
    assert.sameDeepMembers(
      [...taken],
      orders.slice(0, 2).map((order) => order.authorization)
    )
  }),

  "takes the generations that came before the present one, and leaves that one alone": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const first = yield* begun()
    yield* leasesRunOut
    const second = yield* begun(first.entry)
    assert.deepStrictEqual(yield* take, [first.authorization])
    assert.deepInclude(yield* standingOf(first.authorization), { generation: 2, isAbandoned: false })
    assert.deepStrictEqual(yield* ledger.conclude([authorized(second.authorization)]), [true])
    yield* leasesRunOut
    assert.deepStrictEqual(yield* take, [first.authorization])
    assert.deepInclude(yield* standingOf(first.authorization), { status: "AUTHORIZED", isAbandoned: false })
  }),

  "shows in the timeline that nobody concluded it, once": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const [silent, given] = [yield* begun(), yield* begun()]
    yield* ledger.conclude([abandoned(given.authorization)])
    for (const _ of [1, 2]) {
      yield* leasesRunOut
      yield* take
    }
    assert.deepStrictEqual(yield* timelineOf(silent.authorization), ["authorize 1 UNAVAILABLE"])
    assert.deepStrictEqual(yield* timelineOf(given.authorization), ["authorize 1 UNAVAILABLE"])
  }),

  "shows the authorizations of one order in the order in which they were begun, whichever ran out first": Effect.gen(
    function* () {
      const ledger = yield* OrderLedger
      const first = yield* begun()
      const { authorization, entry } = first
      yield* leasesRunOut
      yield* begun(entry)
      yield* leasesRunOut
      yield* ledger.abandonExpired({ limit: 100, retryMs: 2 * LEASE_MS })
      assert.deepStrictEqual(yield* timelineOf(authorization), ["authorize 1 UNAVAILABLE", "authorize 2 UNAVAILABLE"])
    }
  ),

  "does not touch an order again that was abandoned before": Effect.gen(function* () {
    const { nowMs } = yield* LedgerBooks
    const { authorization } = yield* begun()
    yield* leasesRunOut
    yield* take
    yield* leasesRunOut
    const before = yield* nowMs
    assert.strictEqual((yield* take).length, 1)
    assert.isBelow((yield* entryOf(authorization)).updatedAt.getTime(), before - LEASE_MS)
  }),

  "ends an order that was asked to be cancelled while it was being authorized, and gives its authorization": Effect.gen(
    function* () {
      const ledger = yield* OrderLedger
      for (const isGivenUpByItsEdge of [true, false]) {
        const { authorization, entry, orderId } = yield* begun()
        yield* ledger.requestCancel(authorization.organizationId, orderId)
        if (isGivenUpByItsEdge) yield* ledger.conclude([abandoned(authorization)])
        else yield* leasesRunOut
        assert.deepStrictEqual(yield* take, [authorization])
        const { failure, status } = yield* entryOf(authorization)
        assert.deepStrictEqual([status, failure?.code], ["AUTHORIZATION_FAILED", "cancelled_on_request"])
        assert.deepStrictEqual(yield* begin(entry), [{ _tag: "Known", orderId }])
        yield* leasesRunOut
        assert.deepStrictEqual(yield* take, [authorization])
        yield* ledger.forgetSettled([authorization])
      }
    }
  ),

  "forgets what is settled, and nothing else": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const first = yield* begun()
    const other = yield* begun()
    yield* leasesRunOut
    const second = yield* begun(first.entry)
    yield* take
    yield* ledger.forgetSettled([])
    yield* ledger.forgetSettled([first.authorization])
    assert.deepStrictEqual(
      (yield* inBooks(({ leases }) => leases(first.orderId))).map(({ generation }) => generation),
      [second.authorization.generation]
    )
    assert.strictEqual((yield* inBooks(({ leases }) => leases(other.orderId))).length, 1)
    yield* ledger.forgetSettled([first.authorization])
  }),

  "takes those of many organizations at once": Effect.gen(function* () {
    const orders = yield* Effect.forEach(Array(20), () => begun(newEntry()))
    yield* leasesRunOut
    assert.sameDeepMembers(
      [...(yield* take)],
      orders.map((order) => order.authorization)
    )
  })
}

import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { promises } from "../../support/Bench.ts"
import {
  holdLedgerRow,
  leasesOf,
  leasesRunOut,
  ledgerRow,
  queueRow,
  sessionsWaiting,
  timelineOf
} from "../../support/Books.ts"
import { abandoned, authorized, begin, begun } from "../../support/Orders.ts"
import { newEntry } from "../../support/Samples.ts"

const TAKE = { limit: 100, retryMs: 60_000 }
const take = Effect.flatMap(OrderLedger, (ledger) => ledger.abandonExpired(TAKE))

promises("taking authorizations that no edge concluded", (promise) => {
  promise("abandons those whose lease ran out, and gives them", () =>
    Effect.gen(function* () {
      const { authorization, orderId } = yield* begun()
      assert.deepStrictEqual(yield* take, [])
      yield* leasesRunOut
      const fresh = yield* begun()
      assert.deepStrictEqual(yield* take, [authorization])
      assert.isTrue((yield* ledgerRow(orderId)).abandoned)
      assert.isFalse((yield* ledgerRow(fresh.orderId)).abandoned)
    })
  )

  promise("gives each to one sweep at a time, and again when it was not settled", () =>
    Effect.gen(function* () {
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      const both = yield* Effect.all([take, take], { concurrency: "unbounded" })
      assert.deepStrictEqual(both.flat(), [authorization])
      assert.deepStrictEqual(yield* leasesOf(orderId), [{ generation: 1, has_run_out: false, attempts: 1 }])
      yield* leasesRunOut
      assert.deepStrictEqual(yield* take, [authorization])
      assert.deepStrictEqual(yield* leasesOf(orderId), [{ generation: 1, has_run_out: false, attempts: 2 }])
    })
  )

  promise("takes the oldest first, and no more than it is told", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { sql } = yield* OwnerDatabase
      const orders = yield* Effect.forEach([1, 2, 3], () => begun())
      for (const [index, { orderId }] of orders.entries()) {
        yield* sql`
          UPDATE edge_leases SET leased_until = now() - ${100 - index} * interval '1 second' WHERE order_id = ${orderId}`
      }
      const taken = yield* ledger.abandonExpired({ limit: 2, retryMs: 60_000 })
      assert.sameDeepMembers(
        [...taken],
        orders.slice(0, 2).map((order) => order.authorization)
      )
    })
  )

  promise("takes the generations that came before the present one, and leaves that one alone", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const first = yield* begun()
      yield* leasesRunOut
      const second = yield* begun(first.entry)
      assert.deepStrictEqual(yield* take, [first.authorization])
      assert.deepInclude(yield* ledgerRow(first.orderId), { generation: 2, abandoned: false })
      assert.deepStrictEqual(yield* ledger.conclude([authorized(second.authorization)]), [true])
      yield* leasesRunOut
      assert.deepStrictEqual(yield* take, [first.authorization])
      assert.deepInclude(yield* ledgerRow(first.orderId), { status: "AUTHORIZED", abandoned: false })
    })
  )

  promise("shows in the timeline that nobody concluded it, once", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const [silent, given] = [yield* begun(), yield* begun()]
      yield* ledger.conclude([abandoned(given.authorization)])
      for (const _ of [1, 2]) {
        yield* leasesRunOut
        yield* take
      }
      assert.deepStrictEqual(yield* timelineOf(silent.orderId), ["authorize 1 UNAVAILABLE"])
      assert.deepStrictEqual(yield* timelineOf(given.orderId), ["authorize 1 UNAVAILABLE"])
    })
  )

  promise("does not touch an order again that was abandoned before", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { orderId } = yield* begun()
      yield* leasesRunOut
      yield* take
      const updatedAt = sql`SELECT updated_at FROM order_ledger WHERE order_id = ${orderId}`
      const before = yield* updatedAt
      yield* leasesRunOut
      assert.strictEqual((yield* take).length, 1)
      assert.deepStrictEqual(yield* updatedAt, before)
    })
  )

  promise(
    "ends an order that was asked to be cancelled while it was being authorized, and gives its authorization",
    () =>
      Effect.gen(function* () {
        const ledger = yield* OrderLedger
        for (const isGivenUpByItsEdge of [true, false]) {
          const { authorization, entry, orderId } = yield* begun()
          yield* ledger.requestCancel(authorization.organizationId, orderId)
          if (isGivenUpByItsEdge) yield* ledger.conclude([abandoned(authorization)])
          else yield* leasesRunOut
          assert.deepStrictEqual(yield* take, [authorization])
          assert.deepInclude(yield* ledgerRow(orderId), {
            status: "AUTHORIZATION_FAILED",
            failure_code: "cancelled_on_request"
          })
          assert.deepStrictEqual(yield* begin(entry), [{ _tag: "Known", orderId }])
          yield* leasesRunOut
          assert.deepStrictEqual(yield* take, [authorization])
          yield* ledger.forgetSettled([authorization])
        }
      })
  )

  promise("loses to an edge that concludes a moment before it", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const concluding = yield* Effect.forkScoped(ledger.conclude([authorized(authorization)]))
      yield* sessionsWaiting(1)
      const taking = yield* Effect.forkScoped(take)
      yield* sessionsWaiting(2)
      yield* held.release
      assert.deepStrictEqual(yield* Fiber.join(concluding), [true])
      assert.deepStrictEqual(yield* Fiber.join(taking), [])
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AUTHORIZED", abandoned: false })
      assert.isDefined(yield* queueRow(orderId))
      yield* leasesRunOut
      assert.deepStrictEqual(yield* take, [])
    })
  )

  promise("wins against an edge that concludes a moment after it", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const taking = yield* Effect.forkScoped(take)
      yield* sessionsWaiting(1)
      const concluding = yield* Effect.forkScoped(ledger.conclude([authorized(authorization)]))
      yield* sessionsWaiting(2)
      yield* held.release
      assert.deepStrictEqual(yield* Fiber.join(taking), [authorization])
      assert.deepStrictEqual(yield* Fiber.join(concluding), [false])
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
      assert.isUndefined(yield* queueRow(orderId))
    })
  )

  promise("loses to a retry that takes the order up a moment before it, and settles what came before only", () =>
    Effect.gen(function* () {
      const { authorization, entry, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const retrying = yield* Effect.forkScoped(begin(entry))
      yield* sessionsWaiting(1)
      const taking = yield* Effect.forkScoped(take)
      yield* sessionsWaiting(2)
      yield* held.release
      const [retried] = yield* Fiber.join(retrying)
      // The retry saw the lease as the sweep had already extended it, or before: either way one of the two goes on.
      assert.deepStrictEqual(yield* Fiber.join(taking), [authorization])
      const row = yield* ledgerRow(orderId)
      if (retried?._tag === "Begun") assert.deepInclude(row, { generation: 2, abandoned: false })
      else assert.deepInclude(row, { generation: 1, abandoned: true })
      assert.include(["Begun", "InProgress"], retried?._tag)
    })
  )

  promise("forgets what is settled, and nothing else", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const first = yield* begun()
      const other = yield* begun()
      yield* leasesRunOut
      const second = yield* begun(first.entry)
      yield* take
      yield* ledger.forgetSettled([])
      yield* ledger.forgetSettled([first.authorization])
      assert.deepStrictEqual(
        (yield* leasesOf(first.orderId)).map((lease) => lease.generation),
        [second.authorization.generation]
      )
      assert.strictEqual((yield* leasesOf(other.orderId)).length, 1)
      yield* ledger.forgetSettled([first.authorization])
    })
  )

  promise("takes those of many organizations at once", () =>
    Effect.gen(function* () {
      const orders = yield* Effect.forEach(Array(20), () => begun(newEntry()))
      yield* leasesRunOut
      assert.sameDeepMembers(
        [...(yield* take)],
        orders.map((order) => order.authorization)
      )
    })
  )
})

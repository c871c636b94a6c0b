import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Schema } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { promises } from "../../support/Bench.ts"
import { eventsOf, leasesOf, leasesRunOut, ledgerRow, queueRow, timelineOf } from "../../support/Books.ts"
import { abandoned, authorized, begin, begun, declined } from "../../support/Orders.ts"
import { newEntry } from "../../support/Samples.ts"

const decodeEvents = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ event_type: Schema.String, payload: Schema.Unknown, correlation_id: Schema.String }))
)

promises("concluding an authorization", (promise) => {
  promise("puts an authorized order into the saga queue, with its event and its timeline", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, entry, orderId } = yield* begun()
      assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [true])
      assert.deepInclude(yield* ledgerRow(orderId), {
        status: "AUTHORIZED",
        abandoned: false,
        payment_authorization_id: `auth-${orderId}-1`
      })
      assert.deepStrictEqual(yield* queueRow(orderId), { epoch: 0, saga_version: 1, weight: 2, is_due: true })
      assert.deepStrictEqual(yield* leasesOf(orderId), [])
      assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 DONE"])
      const { sql } = yield* OwnerDatabase
      const events = yield* decodeEvents(
        yield* sql`SELECT event_type, payload, correlation_id FROM outbox WHERE aggregate_id = ${orderId}`
      )
      assert.deepStrictEqual(events, [
        {
          event_type: "order.authorized",
          correlation_id: "req-1",
          payload: {
            order_id: orderId,
            user_id: entry.order.request.customerId,
            email: "ada@example.com",
            total_amount: { amount: "69.92", currency: "EUR" },
            payment_authorization_id: `auth-${orderId}-1`
          }
        }
      ])
    })
  )

  promise("tells after a lost answer what was concluded, however far it has come, and abandons the rest", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { sql } = yield* OwnerDatabase
      const [fresh, done, refused, awaited, settled] = [
        yield* begun(),
        yield* begun(),
        yield* begun(),
        yield* begun(),
        yield* begun()
      ]
      yield* ledger.conclude([authorized(fresh.authorization), authorized(done.authorization)])
      yield* ledger.conclude([declined(refused.authorization), abandoned(settled.authorization)])
      yield* sql`UPDATE order_ledger SET status = 'COMPLETED' WHERE order_id = ${done.orderId}`
      // Abandoned and then ended by its customer: its authorization was not concluded.
      yield* sql`UPDATE order_ledger SET status = 'AUTHORIZATION_FAILED' WHERE order_id = ${settled.orderId}`
      const earlier = { ...fresh.authorization, generation: 7 }
      const asked = [fresh, done, refused, awaited, settled].map(({ authorization }) => authorized(authorization))
      const known = yield* ledger.abandonUnlessConcluded([...asked, authorized(earlier)], "no answer")
      assert.deepStrictEqual(known, [true, true, true, false, false, false])
      assert.deepInclude(yield* ledgerRow(awaited.orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
      assert.isTrue((yield* leasesOf(awaited.orderId))[0]?.has_run_out)
      assert.deepStrictEqual(yield* ledger.conclude([authorized(awaited.authorization)]), [false])
      assert.strictEqual((yield* ledgerRow(done.orderId)).status, "COMPLETED")
    })
  )

  promise("writes all of it or nothing", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const [one, other] = [yield* begun(), yield* begun()]
      const unstorable = { ...abandoned(other.authorization), reason: "\0" }
      const exit = yield* Effect.exit(ledger.conclude([authorized(one.authorization), unstorable]))
      assert.strictEqual(exit._tag, "Failure")
      assert.strictEqual((yield* ledgerRow(one.orderId)).status, "AWAITING_AUTHORIZATION")
      assert.isUndefined(yield* queueRow(one.orderId))
      assert.deepStrictEqual(yield* eventsOf(one.orderId), [])
      assert.strictEqual((yield* leasesOf(one.orderId)).length, 1)
    })
  )

  promise("makes a decline final: no saga, no event, no lease", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      assert.deepStrictEqual(yield* ledger.conclude([declined(authorization)]), [true])
      assert.deepInclude(yield* ledgerRow(orderId), {
        status: "AUTHORIZATION_FAILED",
        failure_code: "payment_declined",
        payment_authorization_id: null
      })
      assert.isUndefined(yield* queueRow(orderId))
      assert.deepStrictEqual(yield* leasesOf(orderId), [])
      assert.deepStrictEqual(yield* eventsOf(orderId), [])
      assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 REJECTED"])
      assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [false])
      assert.strictEqual((yield* ledgerRow(orderId)).status, "AUTHORIZATION_FAILED")
    })
  )

  promise("gives an abandoned authorization to the sweep at once", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      assert.deepStrictEqual(yield* ledger.conclude([abandoned(authorization)]), [true])
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
      assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 UNAVAILABLE"])
      assert.deepStrictEqual(yield* ledger.abandonExpired({ limit: 10, retryMs: 10_000 }), [authorization])
    })
  )

  promise("changes nothing when the sweep took the authorization", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      yield* ledger.abandonExpired({ limit: 10, retryMs: 10_000 })
      for (const conclude of [authorized, declined, abandoned]) {
        assert.deepStrictEqual(yield* ledger.conclude([conclude(authorization)]), [false])
      }
      assert.deepInclude(yield* ledgerRow(orderId), {
        status: "AWAITING_AUTHORIZATION",
        abandoned: true,
        payment_authorization_id: null
      })
      assert.isUndefined(yield* queueRow(orderId))
      assert.deepStrictEqual(yield* eventsOf(orderId), [])
    })
  )

  promise("changes nothing when a newer generation was begun", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const first = yield* begun()
      yield* leasesRunOut
      const second = yield* begun(first.entry)
      for (const conclude of [authorized, declined, abandoned]) {
        assert.deepStrictEqual(yield* ledger.conclude([conclude(first.authorization)]), [false])
      }
      assert.deepInclude(yield* ledgerRow(first.orderId), { status: "AWAITING_AUTHORIZATION", generation: 2 })
      assert.deepStrictEqual(yield* ledger.conclude([authorized(second.authorization)]), [true])
      assert.strictEqual((yield* ledgerRow(first.orderId)).payment_authorization_id, `auth-${first.orderId}-2`)
      assert.deepStrictEqual(yield* ledger.conclude([authorized(second.authorization)]), [false])
    })
  )

  promise("concludes each of a batch by itself", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const orders = yield* Effect.forEach([1, 2, 3, 4], () => begun())
      const [good, bad, silent, lost] = orders
      assert(good !== undefined && bad !== undefined && silent !== undefined && lost !== undefined)
      yield* ledger.conclude([abandoned(lost.authorization)])
      const results = yield* ledger.conclude([
        authorized(lost.authorization),
        abandoned(silent.authorization),
        authorized(good.authorization),
        declined(bad.authorization)
      ])
      assert.deepStrictEqual(results, [false, true, true, true])
      const statuses = yield* Effect.forEach(orders, (order) => ledgerRow(order.orderId))
      assert.deepStrictEqual(
        statuses.map(({ abandoned: isAbandoned, status }) => [status, isAbandoned]),
        [
          ["AUTHORIZED", false],
          ["AUTHORIZATION_FAILED", false],
          ["AWAITING_AUTHORIZATION", true],
          ["AWAITING_AUTHORIZATION", true]
        ]
      )
      assert.isDefined(yield* queueRow(good.orderId))
      assert.isUndefined(yield* queueRow(bad.orderId))
    })
  )

  promise("queues an order with the version of its saga that the ledger has", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { sql } = yield* OwnerDatabase
      const { authorization, orderId } = yield* begun()
      yield* sql`UPDATE order_ledger SET saga_version = 7 WHERE order_id = ${orderId}`
      yield* ledger.conclude([authorized(authorization)])
      assert.strictEqual((yield* queueRow(orderId))?.saga_version, 7)
    })
  )

  promise("lets a retry begin the saga anew, in the version of its own time", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { entry, orderId } = yield* begun()
      yield* sql`UPDATE order_ledger SET saga_version = 0 WHERE order_id = ${orderId}`
      yield* leasesRunOut
      yield* begin(entry)
      assert.strictEqual((yield* ledgerRow(orderId)).saga_version, 1)
    })
  )

  promise("keeps an order without anything that may be left out", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const bare = newEntry({
        correlationId: undefined,
        request: {
          email: undefined,
          currency: undefined,
          adjustments: [],
          shippingAddress: undefined,
          externalReference: undefined,
          metadata: undefined
        }
      })
      const { authorization, orderId } = yield* begun(bare)
      assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [true])
      assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized"])
    })
  )
})

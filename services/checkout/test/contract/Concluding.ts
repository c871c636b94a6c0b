import { assert } from "@effect/vitest"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { abandoned, authorized, begun, declined } from "../support/Orders.ts"
import { newEntry } from "../support/Samples.ts"
import type { LedgerPromises } from "./LedgerBooks.ts"
import { entryOf, eventTypesOf, inBooks, leasesRunOut, orderIn, standingOf, take, timelineOf } from "./Steps.ts"

/** What becomes of an authorization. */
export const concluding: LedgerPromises = {
  "puts an authorized order into the saga queue, with its event and its timeline": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization, entry, orderId } = yield* begun()
    assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [true])
    assert.deepInclude(yield* entryOf(authorization), {
      status: "AUTHORIZED",
      isAbandoned: false,
      paymentAuthorizationId: `auth-${orderId}-1`
    })
    assert.deepStrictEqual(yield* inBooks(({ queued }) => queued(orderId)), { epoch: 0, version: 1, weight: 2 })
    assert.deepStrictEqual(yield* inBooks(({ leases }) => leases(orderId)), [])
    assert.deepStrictEqual(yield* timelineOf(authorization), ["authorize 1 DONE"])
    assert.deepStrictEqual(yield* inBooks(({ events }) => events(orderId)), [
      {
        organizationId: authorization.organizationId,
        eventType: "order.authorized",
        eventVersion: 1,
        aggregateType: "order",
        aggregateId: orderId,
        correlationId: "req-1",
        payload: {
          order_id: orderId,
          user_id: entry.order.request.customerId,
          email: "ada@example.com",
          total_amount: { amount: "69.92", currency: "EUR" },
          payment_authorization_id: `auth-${orderId}-1`
        }
      }
    ])
  }),

  "tells after a lost answer what was concluded, however far it has come, and abandons the rest": Effect.gen(
    function* () {
      const ledger = yield* OrderLedger
      const done = yield* orderIn("COMPLETED")
      const [fresh, refused, awaited, ended] = [yield* begun(), yield* begun(), yield* begun(), yield* begun()]
      yield* ledger.conclude([authorized(fresh.authorization), declined(refused.authorization)])
      // Abandoned and then ended by its customer: its authorization was not concluded.
      yield* ledger.conclude([abandoned(ended.authorization)])
      yield* ledger.requestCancel(ended.authorization.organizationId, ended.orderId)
      const earlier = { ...fresh.authorization, generation: 7 }
      const asked = [fresh, done, refused, awaited, ended].map(({ authorization }) => authorized(authorization))
      const known = yield* ledger.abandonUnlessConcluded([...asked, authorized(earlier)], "no answer came")
      assert.deepStrictEqual(known, [true, true, true, false, false, false])
      assert.deepInclude(yield* standingOf(awaited.authorization), {
        status: "AWAITING_AUTHORIZATION",
        isAbandoned: true
      })
      const timeline = yield* ledger.timeline(awaited.authorization.organizationId, awaited.orderId)
      assert.deepStrictEqual(
        timeline.map(({ detail }) => detail),
        ["no answer came"]
      )
      assert.isTrue((yield* inBooks(({ leases }) => leases(awaited.orderId)))[0]?.hasRunOut)
      assert.deepStrictEqual(yield* ledger.conclude([authorized(awaited.authorization)]), [false])
      assert.strictEqual((yield* standingOf(done)).status, "COMPLETED")
    }
  ),

  "makes a decline final: no saga, no event, no lease": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization, orderId } = yield* begun()
    const decline = declined(authorization)
    assert.deepStrictEqual(yield* ledger.conclude([decline]), [true])
    assert.deepInclude(yield* entryOf(authorization), {
      status: "AUTHORIZATION_FAILED",
      failure: decline.failure,
      paymentAuthorizationId: undefined
    })
    assert.isUndefined(yield* inBooks(({ queued }) => queued(orderId)))
    assert.deepStrictEqual(yield* inBooks(({ leases }) => leases(orderId)), [])
    assert.deepStrictEqual(yield* eventTypesOf(orderId), [])
    assert.deepStrictEqual(yield* timelineOf(authorization), ["authorize 1 REJECTED"])
    assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [false])
    assert.strictEqual((yield* standingOf(authorization)).status, "AUTHORIZATION_FAILED")
  }),

  "gives an abandoned authorization to the sweep at once": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization } = yield* begun()
    assert.deepStrictEqual(yield* ledger.conclude([abandoned(authorization)]), [true])
    assert.deepInclude(yield* standingOf(authorization), { status: "AWAITING_AUTHORIZATION", isAbandoned: true })
    assert.deepStrictEqual(yield* timelineOf(authorization), ["authorize 1 UNAVAILABLE"])
    assert.deepStrictEqual(yield* take, [authorization])
  }),

  "changes nothing when the sweep took the authorization": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization, orderId } = yield* begun()
    yield* leasesRunOut
    yield* take
    for (const conclude of [authorized, declined, abandoned]) {
      assert.deepStrictEqual(yield* ledger.conclude([conclude(authorization)]), [false])
    }
    assert.deepInclude(yield* entryOf(authorization), {
      status: "AWAITING_AUTHORIZATION",
      isAbandoned: true,
      paymentAuthorizationId: undefined
    })
    assert.isUndefined(yield* inBooks(({ queued }) => queued(orderId)))
    assert.deepStrictEqual(yield* eventTypesOf(orderId), [])
  }),

  "changes nothing when a newer generation was begun": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const first = yield* begun()
    yield* leasesRunOut
    const second = yield* begun(first.entry)
    for (const conclude of [authorized, declined, abandoned]) {
      assert.deepStrictEqual(yield* ledger.conclude([conclude(first.authorization)]), [false])
    }
    assert.deepInclude(yield* standingOf(first.authorization), { status: "AWAITING_AUTHORIZATION", generation: 2 })
    assert.deepStrictEqual(yield* ledger.conclude([authorized(second.authorization)]), [true])
    assert.strictEqual((yield* entryOf(first.authorization)).paymentAuthorizationId, `auth-${first.orderId}-2`)
    assert.deepStrictEqual(yield* ledger.conclude([authorized(second.authorization)]), [false])
  }),

  "concludes each of a batch by itself": Effect.gen(function* () {
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
    const standings = yield* Effect.forEach(orders, ({ authorization }) => standingOf(authorization))
    assert.deepStrictEqual(
      standings.map(({ isAbandoned, status }) => [status, isAbandoned]),
      [
        ["AUTHORIZED", false],
        ["AUTHORIZATION_FAILED", false],
        ["AWAITING_AUTHORIZATION", true],
        ["AWAITING_AUTHORIZATION", true]
      ]
    )
    assert.isDefined(yield* inBooks(({ queued }) => queued(good.orderId)))
    assert.isUndefined(yield* inBooks(({ queued }) => queued(bad.orderId)))
    assert.deepStrictEqual(yield* ledger.conclude([]), [])
    assert.deepStrictEqual(yield* ledger.abandonUnlessConcluded([], "none"), [])
  }),

  "concludes nothing for another organization": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization } = yield* begun()
    const strayed = { ...authorization, organizationId: OrganizationId.make(uuidV7()) }
    for (const conclude of [authorized, declined, abandoned]) {
      assert.deepStrictEqual(yield* ledger.conclude([conclude(strayed)]), [false])
    }
    assert.deepStrictEqual(yield* ledger.abandonUnlessConcluded([authorized(strayed)], "no answer"), [false])
    yield* ledger.forgetSettled([strayed])
    assert.deepStrictEqual(yield* standingOf(authorization), {
      status: "AWAITING_AUTHORIZATION",
      generation: 1,
      isAbandoned: false
    })
    assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [true])
  }),

  "keeps an order without anything that may be left out": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const request = {
      email: undefined,
      currency: undefined,
      adjustments: [],
      shippingAddress: undefined,
      externalReference: undefined,
      metadata: undefined
    }
    const { authorization, orderId } = yield* begun(newEntry({ correlationId: undefined, request }))
    assert.deepStrictEqual(yield* ledger.conclude([authorized(authorization)]), [true])
    assert.deepStrictEqual(yield* eventTypesOf(orderId), ["order.authorized"])
  })
}

import { assert } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { Effect, Option } from "effect"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import type { LedgerStatus } from "../../src/domain/LedgerStatus.ts"
import { abandoned, begin, begun, declined, LEASE_MS } from "../support/Orders.ts"
import { makeOrganization } from "../support/Samples.ts"
import { LedgerBooks, type LedgerPromises } from "./LedgerBooks.ts"
import { claimable, entryOf, inBooks, orderIn, parkedIn, recordAll, standingOf, take, tooFew } from "./Steps.ts"

const cancel = ({ orderId, organizationId }: Parameters<typeof entryOf>[0]) =>
  Effect.flatMap(OrderLedger, (ledger) => ledger.requestCancel(organizationId, orderId))

const requested = Option.some({ _tag: "Requested" as const })

const keepsTheWish = (status: LedgerStatus) =>
  Effect.gen(function* () {
    const order = yield* orderIn(status)
    const before = yield* inBooks(({ queued }) => queued(order.orderId))
    assert.deepStrictEqual(yield* cancel(order), requested)
    const { cancelRequestedAt, failure, status: after } = yield* entryOf(order)
    assert.isDefined(cancelRequestedAt)
    assert.deepStrictEqual([after, failure], [status, status === "COMPENSATING" ? tooFew : undefined])
    assert.deepStrictEqual(yield* inBooks(({ queued }) => queued(order.orderId)), before)
    // Whoever is at work on it goes on undisturbed.
    assert.deepStrictEqual(yield* claimable, [])
  })

/** What becomes of a wish to cancel. */
export const cancelling: LedgerPromises = {
  "keeps the wish while it is AUTHORIZED, and leaves the rest to its saga": keepsTheWish("AUTHORIZED"),
  "keeps the wish while it is ORDER_CREATED, and leaves the rest to its saga": keepsTheWish("ORDER_CREATED"),
  "keeps the wish while it is INVENTORY_RESERVED, and leaves the rest to its saga": keepsTheWish("INVENTORY_RESERVED"),
  "keeps the wish while it is PAYMENT_CAPTURED, and leaves the rest to its saga": keepsTheWish("PAYMENT_CAPTURED"),
  "keeps the wish while it is COMPENSATING, and leaves the rest to its saga": keepsTheWish("COMPENSATING"),

  "keeps the wish while it is still being authorized": Effect.gen(function* () {
    const { authorization } = yield* begun()
    assert.deepStrictEqual(yield* cancel(authorization), requested)
    assert.strictEqual((yield* standingOf(authorization)).status, "AWAITING_AUTHORIZATION")
    assert.isDefined((yield* entryOf(authorization)).cancelRequestedAt)
  }),

  "ends an order that nobody was answered for, and leaves its authorization to the sweep": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { authorization, entry, orderId } = yield* begun()
    yield* ledger.conclude([abandoned(authorization)])
    const ended = Option.getOrThrow(yield* cancel(authorization))
    assert(ended._tag === "Ended")
    assert.strictEqual(ended.failure?.code, "cancelled_on_request")
    const { failure, status } = yield* entryOf(authorization)
    assert.deepStrictEqual([status, failure], ["AUTHORIZATION_FAILED", ended.failure])
    assert.deepStrictEqual(yield* begin(entry), [{ _tag: "Known", orderId }])
    assert.deepStrictEqual(yield* take, [authorization])
  }),

  "lets a parked order go on at once, to turn back": Effect.gen(function* () {
    const order = yield* parkedIn("PAYMENT_CAPTURED", "confirm: no answer")
    assert.deepStrictEqual(yield* claimable, [])
    yield* cancel(order)
    assert.isUndefined((yield* entryOf(order)).parkReason)
    assert.deepStrictEqual(yield* claimable, [order.orderId])
  }),

  "lets an order go on that was parked after its cancellation had been asked for": Effect.gen(function* () {
    const order = yield* orderIn("PAYMENT_CAPTURED")
    yield* cancel(order)
    yield* recordAll(order.saga, [{ _tag: "Park", reason: "confirm: no answer" }])
    assert.deepStrictEqual(yield* cancel(order), requested)
    assert.isUndefined((yield* entryOf(order)).parkReason)
    assert.deepStrictEqual(yield* claimable, [order.orderId])
  }),

  "leaves an order parked that could not be undone": Effect.gen(function* () {
    const order = yield* parkedIn("COMPENSATING", "settle: rejected")
    yield* cancel(order)
    assert.strictEqual((yield* entryOf(order)).parkReason, "settle: rejected")
    assert.deepStrictEqual(yield* claimable, [])
  }),

  "turns a completed order back: it is in the queue again, with the epoch that it had": Effect.gen(function* () {
    const order = yield* orderIn("COMPLETED")
    assert.isUndefined(yield* inBooks(({ queued }) => queued(order.orderId)))
    assert.deepStrictEqual(yield* cancel(order), requested)
    const { cancelRequestedAt, failure, status } = yield* entryOf(order)
    assert.deepStrictEqual([status, failure?.code], ["COMPENSATING", "cancelled_on_request"])
    assert.isDefined(cancelRequestedAt)
    assert.deepStrictEqual(yield* inBooks(({ queued }) => queued(order.orderId)), { epoch: 1, version: 1, weight: 2 })
    assert.deepStrictEqual(yield* claimable, [order.orderId])
  }),

  "changes nothing the second time": Effect.gen(function* () {
    const { nowMs, passTime } = yield* LedgerBooks
    for (const status of ["ORDER_CREATED", "COMPLETED"] as const) {
      const order = yield* orderIn(status)
      yield* cancel(order)
      yield* passTime(LEASE_MS)
      const asked = yield* nowMs
      assert.deepStrictEqual(yield* cancel(order), requested)
      const { cancelRequestedAt, updatedAt } = yield* entryOf(order)
      assert.isAtMost(cancelRequestedAt?.getTime() ?? 0, asked - LEASE_MS)
      assert.isAtMost(updatedAt.getTime(), asked - LEASE_MS)
    }
  }),

  "remembers when it was asked first, also when the order ends by it": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { nowMs, passTime } = yield* LedgerBooks
    const { authorization } = yield* begun()
    yield* cancel(authorization)
    yield* ledger.conclude([abandoned(authorization)])
    yield* passTime(LEASE_MS)
    const asked = yield* nowMs
    assert.strictEqual(Option.getOrThrow(yield* cancel(authorization))._tag, "Ended")
    assert.isAtMost((yield* entryOf(authorization)).cancelRequestedAt?.getTime() ?? 0, asked - LEASE_MS)
  }),

  "comes too late for an order that failed, and says how it ended": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const failed = yield* orderIn("FAILED")
    assert.deepStrictEqual(
      yield* cancel(failed),
      Option.some({ _tag: "Ended" as const, status: "FAILED" as const, failure: tooFew })
    )
    assert.isUndefined((yield* entryOf(failed)).cancelRequestedAt)
    const { authorization } = yield* begun()
    const decline = declined(authorization)
    yield* ledger.conclude([decline])
    assert.deepStrictEqual(
      yield* cancel(authorization),
      Option.some({ _tag: "Ended" as const, status: "AUTHORIZATION_FAILED" as const, failure: decline.failure })
    )
  }),

  "finds no order that is not there, or is another organization's": Effect.gen(function* () {
    const order = yield* orderIn("COMPLETED")
    assert.deepStrictEqual(yield* cancel({ ...order, orderId: makeOrderId() }), Option.none())
    assert.deepStrictEqual(yield* cancel({ ...order, organizationId: makeOrganization() }), Option.none())
    assert.strictEqual((yield* standingOf(order)).status, "COMPLETED")
  })
}

import { assert } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Option } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import type { LedgerStatus } from "../../../src/domain/LedgerStatus.ts"
import { promises } from "../../support/Bench.ts"
import { ledgerRow, queueRow } from "../../support/Books.ts"
import { abandoned, accepted, begin, begun, declined } from "../../support/Orders.ts"
import { makeOrganization } from "../../support/Samples.ts"

/** An accepted order that stands where a saga would have brought it. */
const orderIn = Effect.fnUntraced(function* (status: LedgerStatus) {
  const { sql } = yield* OwnerDatabase
  const order = yield* accepted()
  yield* sql`UPDATE order_ledger SET status = ${status}, epoch = 3 WHERE order_id = ${order.orderId}`
  yield* sql`UPDATE saga_queue SET epoch = 3 WHERE order_id = ${order.orderId}`
  if (status === "COMPLETED" || status === "FAILED") {
    yield* sql`DELETE FROM saga_queue WHERE order_id = ${order.orderId}`
  }
  return order
})

const cancel = (order: Effect.Success<ReturnType<typeof orderIn>>) =>
  Effect.flatMap(OrderLedger, (ledger) => ledger.requestCancel(order.organizationId, order.orderId))

promises("asking for an order to be cancelled", (promise) => {
  for (const status of [
    "AUTHORIZED",
    "ORDER_CREATED",
    "INVENTORY_RESERVED",
    "PAYMENT_CAPTURED",
    "COMPENSATING"
  ] as const) {
    promise(`keeps the wish while it is ${status}, and leaves the rest to its saga`, () =>
      Effect.gen(function* () {
        const order = yield* orderIn(status)
        const before = yield* queueRow(order.orderId)
        assert.deepStrictEqual(yield* cancel(order), Option.some({ _tag: "Requested" }))
        assert.deepInclude(yield* ledgerRow(order.orderId), { status, cancel_requested: true, failure_code: null })
        assert.deepStrictEqual(yield* queueRow(order.orderId), before)
      })
    )
  }

  promise("keeps the wish while it is still being authorized", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      const result = yield* ledger.requestCancel(authorization.organizationId, orderId)
      assert.deepStrictEqual(result, Option.some({ _tag: "Requested" }))
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", cancel_requested: true })
    })
  )

  promise("ends an order that nobody was answered for, and leaves its authorization to the sweep", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, entry, orderId } = yield* begun()
      yield* ledger.conclude([abandoned(authorization)])
      const ended = Option.getOrThrow(yield* ledger.requestCancel(authorization.organizationId, orderId))
      assert(ended._tag === "Ended")
      assert.strictEqual(ended.failure?.code, "cancelled_on_request")
      assert.deepInclude(yield* ledgerRow(orderId), {
        status: "AUTHORIZATION_FAILED",
        failure_code: "cancelled_on_request"
      })
      assert.deepStrictEqual(yield* begin(entry), [{ _tag: "Known", orderId }])
      assert.deepStrictEqual(yield* ledger.abandonExpired({ limit: 10, retryMs: 10_000 }), [authorization])
    })
  )

  promise("lets a parked order go on at once, to turn back", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const order = yield* orderIn("PAYMENT_CAPTURED")
      yield* sql`UPDATE saga_queue SET visible_at = 'infinity' WHERE order_id = ${order.orderId}`
      yield* sql`UPDATE order_ledger SET park_reason = 'confirm: no answer' WHERE order_id = ${order.orderId}`
      assert.isFalse((yield* queueRow(order.orderId))?.is_due)
      yield* cancel(order)
      assert.isTrue((yield* queueRow(order.orderId))?.is_due)
      const ledger = yield* OrderLedger
      const found = Option.getOrThrow(yield* ledger.find(order.organizationId, order.orderId))
      assert.isUndefined(found.parkReason)
    })
  )

  promise("leaves an order parked that could not be undone", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const order = yield* orderIn("COMPENSATING")
      yield* sql`UPDATE saga_queue SET visible_at = 'infinity' WHERE order_id = ${order.orderId}`
      yield* sql`UPDATE order_ledger SET park_reason = 'settle: rejected' WHERE order_id = ${order.orderId}`
      yield* cancel(order)
      assert.isFalse((yield* queueRow(order.orderId))?.is_due)
      const ledger = yield* OrderLedger
      const found = Option.getOrThrow(yield* ledger.find(order.organizationId, order.orderId))
      assert.strictEqual(found.parkReason, "settle: rejected")
    })
  )

  promise("turns an order of an earlier version back as the present one does it", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const order = yield* orderIn("COMPLETED")
      yield* sql`UPDATE order_ledger SET saga_version = 0 WHERE order_id = ${order.orderId}`
      yield* cancel(order)
      assert.strictEqual((yield* queueRow(order.orderId))?.saga_version, 1)
      assert.strictEqual((yield* ledgerRow(order.orderId)).saga_version, 1)
    })
  )

  promise("turns a completed order back: it is in the queue again, with the epoch that it had", () =>
    Effect.gen(function* () {
      const order = yield* orderIn("COMPLETED")
      assert.isUndefined(yield* queueRow(order.orderId))
      assert.deepStrictEqual(yield* cancel(order), Option.some({ _tag: "Requested" }))
      assert.deepInclude(yield* ledgerRow(order.orderId), {
        status: "COMPENSATING",
        cancel_requested: true,
        failure_code: "cancelled_on_request",
        epoch: 3
      })
      assert.deepStrictEqual(yield* queueRow(order.orderId), { epoch: 3, saga_version: 1, weight: 2, is_due: true })
    })
  )

  promise("turns a completed order back once, however many ask at once", () =>
    Effect.gen(function* () {
      const order = yield* orderIn("COMPLETED")
      const results = yield* Effect.all(
        Array.from({ length: 4 }, () => cancel(order)),
        { concurrency: "unbounded" }
      )
      for (const result of results) assert.deepStrictEqual(result, Option.some({ _tag: "Requested" }))
      assert.strictEqual((yield* queueRow(order.orderId))?.epoch, 3)
    })
  )

  promise("changes nothing the second time", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const order = yield* orderIn("ORDER_CREATED")
      yield* cancel(order)
      const row = sql`SELECT * FROM order_ledger WHERE order_id = ${order.orderId}`
      const before = yield* row
      assert.deepStrictEqual(yield* cancel(order), Option.some({ _tag: "Requested" }))
      assert.deepStrictEqual(yield* row, before)
    })
  )

  promise("comes too late for an order that failed, and says how it ended", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const failed = yield* orderIn("FAILED")
      assert.deepStrictEqual(
        yield* cancel(failed),
        Option.some({ _tag: "Ended", status: "FAILED" as const, failure: undefined })
      )
      assert.isFalse((yield* ledgerRow(failed.orderId)).cancel_requested)
      const { authorization, orderId } = yield* begun()
      const decline = declined(authorization)
      yield* ledger.conclude([decline])
      assert.deepStrictEqual(
        yield* ledger.requestCancel(authorization.organizationId, orderId),
        Option.some({ _tag: "Ended", status: "AUTHORIZATION_FAILED" as const, failure: decline.failure })
      )
    })
  )

  promise("finds no order that is not there, or is another organization's", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const order = yield* orderIn("COMPLETED")
      assert.deepStrictEqual(yield* ledger.requestCancel(order.organizationId, makeOrderId()), Option.none())
      assert.deepStrictEqual(yield* ledger.requestCancel(makeOrganization(), order.orderId), Option.none())
      assert.strictEqual((yield* ledgerRow(order.orderId)).status, "COMPLETED")
    })
  )
})

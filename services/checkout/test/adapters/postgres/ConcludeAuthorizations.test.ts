import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { promises } from "../../support/Bench.ts"
import { eventsOf, leasesOf, leasesRunOut, ledgerRow, queueRow } from "../../support/Books.ts"
import { abandoned, authorized, begin, begun } from "../../support/Orders.ts"

promises("concluding an authorization", (promise) => {
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
})

import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Option } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { orderIn } from "../../contract/Steps.ts"
import { promises } from "../../support/Bench.ts"
import { ledgerRow, queueRow } from "../../support/Books.ts"

const cancel = (order: Effect.Success<ReturnType<typeof orderIn>>) =>
  Effect.flatMap(OrderLedger, (ledger) => ledger.requestCancel(order.organizationId, order.orderId))

promises("asking for an order to be cancelled", (promise) => {
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

  promise("turns a completed order back once, however many ask at once", () =>
    Effect.gen(function* () {
      const order = yield* orderIn("COMPLETED")
      const results = yield* Effect.all(
        Array.from({ length: 4 }, () => cancel(order)),
        { concurrency: "unbounded" }
      )
      for (const result of results) assert.deepStrictEqual(result, Option.some({ _tag: "Requested" }))
      assert.strictEqual((yield* queueRow(order.orderId))?.epoch, 1)
    })
  )
})

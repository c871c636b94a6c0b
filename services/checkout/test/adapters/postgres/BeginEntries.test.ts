import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { promises } from "../../support/Bench.ts"
import { leasesOf, ledgerRow } from "../../support/Books.ts"
import { newEntry } from "../../support/Samples.ts"

promises("beginning entries", (promise) => {
  for (let i = 0; i < 5; i += 1) promise("writes the entry, its lines and its lease together" + i, () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const entry = newEntry()
      const [begun] = yield* ledger.begin([entry], 8_000)
      assert(begun?._tag === "Begun")
      const { orderId } = begun.authorization
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", generation: 1 })
      assert.deepStrictEqual(yield* leasesOf(orderId), [{ generation: 1, has_run_out: false, attempts: 0 }])
    })
  )
})

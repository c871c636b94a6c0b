import { assert, layer } from "@effect/vitest"
import { isolationGaps, OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { mockProviderMigrations, paymentsMigrations } from "../src/Payments.ts"

layer(testDatabase("payments", paymentsMigrations), { excludeTestServices: true })("the payments database", (it) => {
  it.effect("closes every table to other organizations", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      assert.deepStrictEqual(yield* isolationGaps(sql, "payments"), [])
    })
  )
})

layer(testDatabase("mock_provider", mockProviderMigrations), { excludeTestServices: true })(
  "the mock provider's database",
  (it) => {
    it.effect("closes every table to other organizations", () =>
      Effect.gen(function* () {
        const { sql } = yield* OwnerDatabase
        assert.deepStrictEqual(yield* isolationGaps(sql, "mock_provider"), [])
      })
    )
  }
)

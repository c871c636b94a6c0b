import { assert, layer } from "@effect/vitest"
import { isolationGaps } from "@valerix/database"
import { emptyTestDatabase, goUpAndDown, OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { mockProviderMigrations, paymentsMigrations } from "../src/Migrations.ts"

for (const [service, migrations] of [
  ["payments", paymentsMigrations],
  ["mock_provider", mockProviderMigrations]
] as const) {
  layer(testDatabase(service, migrations), { excludeTestServices: true })(`the database of ${service}`, (it) => {
    it.effect("closes every table to other organizations", () =>
      Effect.gen(function* () {
        const { sql } = yield* OwnerDatabase
        assert.deepStrictEqual(yield* isolationGaps(sql, { login: `${service}_service` }), [])
      })
    )
  })

  layer(emptyTestDatabase(service), { excludeTestServices: true })(`the migrations of ${service}`, (it) => {
    it.effect("go up, each down and up again, and down to nothing, and leave no trace", () => goUpAndDown(migrations))
  })
}

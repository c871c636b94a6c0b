import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { isolationGaps } from "@valerix/database"
import { compareSchemas, describeSchema, migrate } from "@valerix/database/migrations"
import { emptyTestDatabase, OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { mockProviderMigrations, paymentsMigrations } from "../src/Payments.ts"

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
    it.effect("go up, down and up again, one by one, and leave the same schema", () =>
      Effect.gen(function* () {
        const { connection } = yield* OwnerDatabase
        const directory = fileURLToPath(migrations)
        const versions = [yield* describeSchema(connection)]
        const up = yield* migrate({ directory, connection, to: "latest" })
        const latest = yield* describeSchema(connection)
        yield* migrate({ directory, connection, to: 0 })
        for (const { version } of up) {
          yield* migrate({ directory, connection, to: version })
          versions.push(yield* describeSchema(connection))
        }
        assert.deepStrictEqual(compareSchemas(latest, versions.at(-1) ?? []), { missing: [], added: [] })
        for (const { version } of up.toReversed()) {
          yield* migrate({ directory, connection, to: version - 1 })
          const difference = compareSchemas(versions[version - 1] ?? [], yield* describeSchema(connection))
          assert.deepStrictEqual(difference, { missing: [], added: [] }, `down to ${version - 1}`)
        }
      })
    )
  })
}

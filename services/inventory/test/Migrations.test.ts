import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { compareSchemas, describeSchema, migrate } from "@valerix/database/migrations"
import { emptyTestDatabase, OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { inventoryMigrations } from "../src/Inventory.ts"

layer(emptyTestDatabase("inventory"), { excludeTestServices: true })("the migrations", (it) => {
  it.effect("go up, down and up again, one by one, and leave the same schema", () =>
    Effect.gen(function* () {
      const { connection } = yield* OwnerDatabase
      const directory = fileURLToPath(inventoryMigrations)
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

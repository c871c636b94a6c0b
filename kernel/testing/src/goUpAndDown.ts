import { fileURLToPath } from "node:url"
import { compareSchemas, describeSchema, migrate } from "@valerix/database/migrations"
import { Effect } from "effect"
import { assert } from "vitest"
import { OwnerDatabase } from "./OwnerDatabase.ts"

const nothing = { missing: [], added: [] }

/**
 * Applies a service's migrations to an empty database (`emptyTestDatabase`): all at once, one by one with each taken back
 * and applied again, and back down one by one. Fails where a schema is not what it was at the same version before.
 */
export const goUpAndDown = Effect.fnUntraced(function* (migrations: URL) {
  const { connection } = yield* OwnerDatabase
  const to = (version: number | "latest") => migrate({ directory: fileURLToPath(migrations), connection, to: version })
  const schemas = [yield* describeSchema(connection)]
  const isAsBefore = Effect.fnUntraced(function* (version: number) {
    const difference = compareSchemas(schemas[version] ?? [], yield* describeSchema(connection))
    assert.deepStrictEqual(difference, nothing, `at version ${version}`)
  })
  const steps = yield* to("latest")
  assert.isAbove(steps.length, 0)
  const latest = yield* describeSchema(connection)
  yield* to(0)
  // The first migration makes the table of migrations, which stays.
  schemas[0] = yield* describeSchema(connection)
  for (const { version } of steps) {
    yield* to(version)
    schemas[version] = yield* describeSchema(connection)
    yield* to(version - 1)
    yield* isAsBefore(version - 1)
    yield* to(version)
    yield* isAsBefore(version)
  }
  assert.deepStrictEqual(compareSchemas(latest, schemas.at(-1) ?? []), nothing)
  for (const { version } of steps.toReversed()) {
    yield* to(version - 1)
    yield* isAsBefore(version - 1)
  }
})

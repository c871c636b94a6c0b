import { assert, it, layer } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import { OwnerDatabase, testDatabase } from "../src/index.ts"

const ORGANIZATION = OrganizationId.make("01900000-0000-7000-8000-000000000001")
const migrations = new URL("./migrations/", import.meta.url)
const Database = testDatabase("testing", migrations)

layer(Database, { excludeTestServices: true })("a test database", (it) => {
  it.effect("is migrated, and belongs to the owner role", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const [row] = yield* sql<{ user: string; owner: string }>`
        SELECT current_user AS user, tableowner AS owner FROM pg_tables WHERE tablename = 'notes'`
      assert.deepStrictEqual(row, { user: "testing_owner", owner: "testing_owner" })
    })
  )

  it.effect("is used as the service role, which is no superuser and owns nothing", () =>
    Effect.gen(function* () {
      const { sql } = yield* TenantDatabase
      const [row] = yield* sql<{ user: string; session: string; superuser: boolean }>`
        SELECT current_user AS user, session_user AS session, rolsuper AS superuser FROM pg_roles
        WHERE rolname = current_user`
      assert.deepStrictEqual(row, { user: "testing_service", session: "testing_service", superuser: false })
      const owned = yield* sql`SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user`
      assert.deepStrictEqual(owned, [])
    })
  )

  it.effect("shows an organization's rows to transactions that name it, and to no others", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      yield* sql`INSERT INTO notes (organization_id) VALUES (${ORGANIZATION})`
      const db = yield* TenantDatabase
      const count = db.sql<{ count: number }>`SELECT count(*) AS count FROM notes`
      assert.deepStrictEqual(yield* db.transaction([ORGANIZATION])(count), [{ count: 1 }])
      assert.deepStrictEqual(yield* db.transaction([])(count), [{ count: 0 }])
    })
  )
})

class Names extends Context.Service<Names, ReadonlyArray<string | undefined>>()("@valerix/testing/test/Names") {}
const nameOf = (database: typeof Database) =>
  Layer.effect(
    Names,
    Effect.gen(function* () {
      const { sql } = yield* TenantDatabase
      const rows = yield* Effect.orDie(sql<{ name: string }>`SELECT current_database() AS name`)
      return rows.map(({ name }) => name)
    })
  ).pipe(Layer.fresh, Layer.provide(database))

it.live("gives a program with two databases each its own", () =>
  Effect.gen(function* () {
    const other = testDatabase("testing", migrations)
    const memoMap = yield* Layer.makeMemoMap
    const scope = yield* Effect.scope
    const contexts = yield* Effect.forEach([Database, other], (database) =>
      Layer.buildWithMemoMap(nameOf(database), memoMap, scope)
    )
    const names = contexts.flatMap((context) => Context.get(context, Names))
    assert.strictEqual(new Set(names).size, 2)
  })
)

const databaseName = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  const [row] = yield* sql<{ name: string }>`SELECT current_database() AS name`
  return row?.name
})

it.live("gives every layer a database of its own, and drops it with the layer", () =>
  Effect.gen(function* () {
    const names = yield* Effect.all(
      [1, 2, 3, 4].map(() => databaseName.pipe(Effect.provide(Layer.fresh(Database)))),
      { concurrency: "unbounded" }
    )
    assert.strictEqual(new Set(names).size, 4)
    const left = yield* Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      return yield* sql<{ name: string }>`SELECT datname AS name FROM pg_database`
    }).pipe(Effect.provide(Layer.fresh(Database)))
    for (const name of names)
      assert.notInclude(
        left.map((row) => row.name),
        name
      )
  })
)

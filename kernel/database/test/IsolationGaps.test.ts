import { assert, layer } from "@effect/vitest"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { isolationGaps } from "../src/index.ts"

const Database = testDatabase("database_test", new URL("./tables/", import.meta.url))

const SERVICE = { login: "database_test_service", infrastructure: ["turns"] }

/** Makes a gap, says what is found, and takes the gap away again. */
const gapsAfter = (statement: string) =>
  Effect.gen(function* () {
    const { sql } = yield* OwnerDatabase
    const found = Effect.andThen(sql.unsafe(statement), isolationGaps(sql, SERVICE))
    const exit = yield* Effect.flip(sql.withTransaction(Effect.flatMap(found, (gaps) => Effect.fail({ gaps }))))
    return "gaps" in exit ? exit.gaps : yield* Effect.die(exit)
  })

layer(Database, { excludeTestServices: true })("the gaps in the isolation of organizations", (it) => {
  it.effect("are none where every table is closed", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      assert.deepStrictEqual(yield* isolationGaps(sql, SERVICE), [])
    })
  )

  it.effect.each([
    ["CREATE TABLE forgotten (organization_id uuid NOT NULL)", "forgotten has row-level security disabled"],
    ["CREATE TABLE forgotten (id uuid)", "forgotten has no organization_id that is NOT NULL"],
    ["ALTER TABLE notes NO FORCE ROW LEVEL SECURITY", "notes does not force row-level security on its owner"],
    ["ALTER TABLE notes DISABLE ROW LEVEL SECURITY", "notes has row-level security disabled"],
    ["DROP POLICY tenant ON notes", 'notes has no policy "tenant"'],
    ["ALTER POLICY tenant ON notes USING (true)", 'notes has no policy "tenant"'],
    ["CREATE POLICY open ON notes USING (true)", 'notes gives the service rows by another policy, "open"'],
    ["CREATE VIEW everything AS SELECT * FROM notes", "everything is a view with the rights of its owner"],
    ["CREATE MATERIALIZED VIEW copied AS SELECT 1 AS one", "copied cannot have row-level security"]
  ] as const)("are found: %s", ([statement, gap]) =>
    Effect.gen(function* () {
      const gaps = yield* gapsAfter(statement)
      assert.isTrue(
        gaps.some(({ problem, subject }) => `${subject} ${problem}`.startsWith(gap)),
        JSON.stringify(gaps)
      )
    })
  )

  it.effect("are not looked for in tables that are named as infrastructure", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      yield* sql`CREATE TABLE queue (id int)`
      assert.notDeepEqual(yield* isolationGaps(sql, SERVICE), [])
      assert.deepStrictEqual(yield* isolationGaps(sql, { ...SERVICE, infrastructure: ["turns", "queue"] }), [])
    })
  )

  it.effect("are found in a login that row-level security does not bind", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      assert.includeDeepMembers(
        [...(yield* isolationGaps(sql, { ...SERVICE, login: "database_test_owner" }))],
        [
          { subject: "notes", problem: 'gives the service rows by another policy, "owner"' },
          { subject: "database_test_owner", problem: "owns the database or tables in it" }
        ]
      )
      const [superuser] = yield* sql<{ name: string }>`SELECT rolname AS name FROM pg_roles WHERE rolsuper LIMIT 1`
      const problems = yield* isolationGaps(sql, { login: superuser?.name ?? "" })
      assert.deepInclude(problems, { subject: superuser?.name ?? "", problem: "is not bound by row-level security" })
    })
  )
})

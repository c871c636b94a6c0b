import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { isolationGaps, OwnerDatabase, testDatabase } from "../src/index.ts"

const Database = testDatabase("testing", new URL("./migrations/", import.meta.url))

/** Makes a gap, says what is found, and takes the gap away again. */
const gapsAfter = (statement: string) =>
  Effect.gen(function* () {
    const { sql } = yield* OwnerDatabase
    const found = Effect.andThen(sql.unsafe(statement), isolationGaps(sql, "testing"))
    const exit = yield* Effect.flip(sql.withTransaction(Effect.flatMap(found, (gaps) => Effect.fail({ gaps }))))
    return "gaps" in exit ? exit.gaps : yield* Effect.die(exit)
  })

layer(Database, { excludeTestServices: true })("the gaps in the isolation of organizations", (it) => {
  it.effect("are none where every table is closed", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      assert.deepStrictEqual(yield* isolationGaps(sql, "testing"), [])
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
        gaps.some((found) => found.startsWith(gap)),
        gaps.join("\n")
      )
    })
  )

  it.effect("are not looked for in tables that are named as infrastructure", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      yield* sql`CREATE TABLE queue (id int)`
      assert.notDeepEqual(yield* isolationGaps(sql, "testing"), [])
      assert.deepStrictEqual(yield* isolationGaps(sql, "testing", ["queue"]), [])
    })
  )
})

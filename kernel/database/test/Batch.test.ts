import { assert, layer } from "@effect/vitest"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { batch, bigints, booleans, ints, jsons, TenantDatabase, texts, timestamps, uuids } from "../src/index.ts"

const Database = testDatabase("database_test", new URL("./tables/", import.meta.url))

/** What is awkward to write, to escape or to measure. */
const AWKWARD_TEXTS: ReadonlyArray<string | null> = [
  "plain",
  "",
  null,
  "null",
  "NULL",
  `quotes ' " \\ and {braces}, commas`,
  "line\nbreak\ttab\u0001",
  "日本語 ελληνικά עברית",
  "👩‍👩‍👧‍👦 \u{10FFFF}",
  "ﬁne é (composed) é (decomposed)"
]

layer(Database, { excludeTestServices: true })("a batch of rows", (it) => {
  it.effect.each([0, 1, 5_000])("carries %i rows of every type, with nulls and in their order", (count) =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const everyThird = <A>(index: number, value: A) => (index % 3 === 2 ? null : value)
      const rows = Array.from({ length: count }, (_, index) => ({
        id: everyThird(index, uuidV7()),
        words: AWKWARD_TEXTS[index % AWKWARD_TEXTS.length] ?? null,
        small: everyThird(index, index - 2_500),
        large: everyThird(index, (index - 2_500) * 1_000_000_007),
        open: everyThird(index, index % 2 === 0),
        at: everyThird(index, new Date(1_700_000_000_000 + index)),
        document: everyThird(index, { words: AWKWARD_TEXTS[index % AWKWARD_TEXTS.length] ?? null, list: [index, null] })
      }))
      const found = yield* withoutTenant(sql`
        SELECT * FROM ${batch("row", {
          id: uuids(rows.map((row) => row.id)),
          words: texts(rows.map((row) => row.words)),
          small: ints(rows.map((row) => row.small)),
          large: bigints(rows.map((row) => row.large)),
          open: booleans(rows.map((row) => row.open)),
          at: timestamps(rows.map((row) => row.at)),
          document: jsons(rows.map((row) => row.document))
        })} ORDER BY position`)
      assert.deepStrictEqual(
        found,
        rows.map((row, index) => ({ ...row, position: index + 1 }))
      )
    })
  )

  it.effect("writes what it carries", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const organization = OrganizationId.make(uuidV7())
      const rows = AWKWARD_TEXTS.map((words, index) => ({ note_id: index, words, amount_minor: index * 2 ** 40 }))
      const inTransaction = transaction([organization])
      yield* inTransaction(sql`
        INSERT INTO notes (organization_id, note_id, words, amount_minor)
        SELECT organization_id, note_id, words, amount_minor FROM ${batch("note", {
          organization_id: uuids(rows.map(() => organization)),
          note_id: ints(rows.map((row) => row.note_id)),
          words: texts(rows.map((row) => row.words)),
          amount_minor: bigints(rows.map((row) => row.amount_minor))
        })}`)
      const found = yield* inTransaction(sql`SELECT note_id, words, amount_minor FROM notes ORDER BY note_id`)
      assert.deepStrictEqual(found, rows)
    })
  )

  it.effect("tells a missing document from the document null inside another", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const found = yield* withoutTenant(sql`
        SELECT document IS NULL AS missing, document FROM ${batch("row", {
          document: jsons([null, [null], { nothing: null }, "text", 0, false])
        })} ORDER BY position`)
      assert.deepStrictEqual(found, [
        { missing: true, document: null },
        { missing: false, document: [null] },
        { missing: false, document: { nothing: null } },
        { missing: false, document: "text" },
        { missing: false, document: 0 },
        { missing: false, document: false }
      ])
    })
  )
})

import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { REPOSITORY } from "./support/FixtureTree.ts"

const TABLE = "docs/guarantees/coverage.md"
const text = await readFile(join(REPOSITORY, TABLE), "utf8")

const rows = text.split("\n").flatMap((line) => {
  const [, rule, promise, file] = /^\| (.+) \| (.+) \| `(.+)` \|$/.exec(line) ?? []
  return rule === undefined || promise === undefined || file === undefined ? [] : [{ rule, promise, file }]
})

/** A name as it stands in the source: between quotes of any kind. */
const isNamedIn = (source: string, promise: string) =>
  ['"', "'", "`"].some((quote) => source.includes(`${quote}${promise}${quote}`))

describe("the table of rules and their tests", () => {
  it("has every line read", () => {
    const lines = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| rule "))
    expect(rows.length).toBe(lines.length)
    expect(rows.length).toBeGreaterThan(50)
  })

  it("names each rule once", () => {
    expect([...new Set(rows.map(({ rule }) => rule))]).toEqual(rows.map(({ rule }) => rule))
  })

  it.each(rows)("names a test that is there: $promise", async ({ file, promise }) => {
    expect(isNamedIn(await readFile(join(REPOSITORY, file), "utf8"), promise)).toBe(true)
  })
})

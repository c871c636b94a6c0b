import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { REPOSITORY } from "./support/FixtureTree.ts"

const FOLDER = "docs/guarantees"
const COVERAGE = "coverage.md"
/** The promises, each on its page. */
const PROMISES = 8

const pages = (await readdir(join(REPOSITORY, FOLDER))).filter((name) => name.endsWith(".md"))
const texts = new Map(
  await Promise.all(pages.map(async (page) => [page, await readFile(join(REPOSITORY, FOLDER, page), "utf8")] as const))
)

/** The lines of the tables that name tests: under a header that ends in `promise` and `in`. */
const linesNamingTests = (text: string): ReadonlyArray<string> => {
  let isNaming = false
  return text.split("\n").filter((line) => {
    const isHeader = line.endsWith(" | promise | in |")
    isNaming = isHeader || (isNaming && line.startsWith("|"))
    return isNaming && !isHeader && !line.startsWith("|---")
  })
}

const lines = [...texts].flatMap(([page, text]) => linesNamingTests(text).map((line) => ({ page, line })))

const rows = lines.flatMap(({ line, page }) => {
  const [, rule, promise, file] = /^\| (.+) \| (.+) \| `(.+)` \|$/.exec(line) ?? []
  return rule === undefined || promise === undefined || file === undefined ? [] : [{ page, rule, promise, file }]
})

/** A name as it stands in the source: between quotes of any kind. */
const isNamedIn = (source: string, promise: string) =>
  ['"', "'", "`"].some((quote) => source.includes(`${quote}${promise}${quote}`))

describe("the tables of rules and their tests", () => {
  it("have every line read", () => {
    expect(rows.length).toBe(lines.length)
    expect(rows.filter(({ page }) => page === COVERAGE).length).toBeGreaterThan(50)
  })

  it("name each rule of a page once", () => {
    const rules = rows.map(({ page, rule }) => `${page}: ${rule}`)
    expect([...new Set(rules)]).toEqual(rules)
  })

  it("stand on the page of every promise, which the overview links to", () => {
    const ofPromises = pages.filter((page) => /^\d-/.test(page))
    expect(ofPromises.length).toBe(PROMISES)
    for (const page of ofPromises) {
      expect(texts.get("README.md")).toContain(`](${page})`)
      expect(rows.filter((row) => row.page === page).length).toBeGreaterThan(2)
    }
  })

  it.each(rows)("name a test that is there: $promise", async ({ file, promise }) => {
    expect(isNamedIn(await readFile(join(REPOSITORY, file), "utf8"), promise)).toBe(true)
  })
})

import { stripVTControlCharacters } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { makeTable } from "../../src/terminal/Table.ts"
import { cutTo, padTo, widthOf, wrapped } from "../../src/terminal/Text.ts"

interface Row {
  readonly name: string
  readonly count: number
  readonly says: string
}

const tableFor = (terminal: {
  readonly columns?: number
  readonly isColoured?: boolean
  readonly isWatched?: boolean
}) =>
  makeTable<Row>(
    [
      { title: "NAME", of: ({ name }) => name, colour: () => "red" },
      { title: "COUNT", side: "right", of: ({ count }) => String(count) },
      { title: "SAYS", of: ({ says }) => says }
    ],
    { columns: 80, isColoured: false, isWatched: false, ...terminal }
  )

const rows: ReadonlyArray<Row> = [
  { name: "茶壺", count: 7, says: "wide" },
  { name: "Tee-Kanne", count: 1_000, says: "a ".repeat(100).trim() }
]

describe("a table", () => {
  it("stands in columns whatever the width of its letters, figures on the right", () => {
    assert.deepStrictEqual(tableFor({}).lines(rows), [
      "NAME       COUNT  SAYS",
      "茶壺           7  wide",
      `Tee-Kanne   1000  ${"a ".repeat(100).trim()}`
    ])
  })

  it("has its head once, and its columns stay, however many parts it comes in", () => {
    const table = tableFor({})
    const [first, second] = [table.lines(rows), table.lines(rows)]
    assert.deepStrictEqual(second, first.slice(1))
    assert.deepStrictEqual(table.lines([]), [])
  })

  it.each([40, 60, 80])("is not wider than a terminal of %i columns, and says with … what was cut", (columns) => {
    const lines = tableFor({ columns, isWatched: true }).lines(rows)
    for (const line of lines) assert.isAtMost(widthOf(line), columns)
    assert.match(lines.at(-1) ?? "", /…$/)
  })

  it("leaves out on a narrow terminal what it can do without, one column after the other, and nowhere else", () => {
    const columns = [
      { title: "FIRST", least: 10, of: () => "1" },
      { title: "SECOND", least: 10, of: () => "2", leftOut: 2 },
      { title: "THIRD", least: 10, of: () => "3", leftOut: 1 },
      { title: "LAST", of: () => "4" }
    ]
    const headAt = (width: number, isWatched = true) =>
      makeTable(columns, { columns: width, isColoured: false, isWatched }).lines([undefined])[0]?.split(/ +/)
    assert.deepStrictEqual(headAt(48), ["FIRST", "SECOND", "THIRD", "LAST"])
    assert.deepStrictEqual(headAt(47), ["FIRST", "SECOND", "LAST"])
    assert.deepStrictEqual(headAt(35), ["FIRST", "LAST"])
    assert.deepStrictEqual(headAt(23), ["FIRST", "1"])
    assert.deepStrictEqual(headAt(23, false), ["FIRST", "SECOND", "THIRD", "LAST"])
  })

  it("becomes a block per row on a terminal that is too narrow for its columns", () => {
    assert.deepStrictEqual(tableFor({ columns: 24, isWatched: true }).lines(rows.slice(0, 1)), [
      "NAME   茶壺",
      "COUNT  7",
      "SAYS   wide",
      ""
    ])
  })

  it("has colours only where they are wanted, and says the same without", () => {
    const plain = tableFor({}).lines(rows)
    const painted = tableFor({ isColoured: true }).lines(rows)
    assert.notDeepEqual(painted, plain)
    assert.deepStrictEqual(painted.map(stripVTControlCharacters), plain)
  })

  it("lets no cell change the terminal or reach into the next line", () => {
    const hostile = "\u001b[2J\u001b]0;owned\u0007a\nb\u202ec\r\u0000"
    for (const line of tableFor({}).lines([{ name: hostile, count: 1, says: hostile }])) {
      assert.notMatch(line, /[\p{Cc}\p{Cf}]/u)
    }
  })
})

describe("a text", () => {
  it("is cut between letters, to so many columns", () => {
    assert.strictEqual(cutTo("茶壺茶壺", 5), "茶壺…")
    assert.strictEqual(cutTo("茶壺茶壺", 8), "茶壺茶壺")
    assert.strictEqual(cutTo("e\u0301e\u0301e\u0301", 2), "e\u0301…")
    assert.strictEqual(padTo("茶", 4, "right"), "  茶")
  })

  it.each([2, 7, 40])("is broken into lines of %i columns, and nothing of it is lost", (columns) => {
    const text = `${"x".repeat(50)} 茶壺茶壺茶壺 and some words`
    const lines = wrapped(text, columns)
    for (const line of lines) assert.isAtMost(widthOf(line), columns)
    assert.strictEqual(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""))
  })
})

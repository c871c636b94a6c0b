import { type Colour, coloured, type Terminal } from "./Terminal.ts"
import { cutTo, onOneLine, padTo, widthOf } from "./Text.ts"

export interface Column<Row> {
  readonly title: string
  /** What the cell says; control characters in it do no harm. */
  readonly of: (row: Row) => string
  /** At least so many columns of the terminal, so that pages of one table stand below each other. */
  readonly least?: number
  /** Figures stand on the right. */
  readonly side?: "left" | "right"
  readonly colour?: (row: Row) => Colour | undefined
}

const GAP = "  "
const LAST_COLUMN_LEAST = 12

/**
 * A table whose rows may come in several parts; the head comes with the first. On a terminal the last column is cut where
 * the terminal ends; where there is no room for the columns before it, every row stands as a block of its own, a line per
 * cell. In a file or for another program nothing is cut.
 */
export const makeTable = <Row>(columns: ReadonlyArray<Column<Row>>, terminal: Terminal) => {
  let widths: ReadonlyArray<number> | undefined

  const rowsAcross = (rows: ReadonlyArray<Row>, widthsNow: ReadonlyArray<number>) =>
    rows.map((row) => {
      const cells = columns.map((column, index) => {
        const text = onOneLine(column.of(row))
        const isLast = index === columns.length - 1
        const shown = isLast && terminal.isWatched ? cutTo(text, roomForLast(widthsNow, terminal)) : text
        const padded = isLast && column.side !== "right" ? shown : padTo(shown, widthsNow[index] ?? 0, column.side)
        return coloured(padded, column.colour?.(row), terminal.isColoured)
      })
      return cells.join(GAP).trimEnd()
    })

  const head = (widthsNow: ReadonlyArray<number>) =>
    columns
      .map(({ side, title }, index) => padTo(title, widthsNow[index] ?? 0, side))
      .join(GAP)
      .trimEnd()

  const titleWidth = Math.max(...columns.map(({ title }) => widthOf(title)))
  const rowsAsBlocks = (rows: ReadonlyArray<Row>) =>
    rows.flatMap((row) => [
      ...columns.flatMap((column) => {
        const text = onOneLine(column.of(row))
        const painted = coloured(text, column.colour?.(row), terminal.isColoured)
        return text === "" ? [] : [`${padTo(column.title, titleWidth)}${GAP}${painted}`]
      }),
      ""
    ])

  return {
    /** The lines of some more rows. */
    lines: (rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
      if (rows.length === 0) return []
      const isFirst = widths === undefined
      widths ??= columns.map(({ least = 0, of, title }) =>
        Math.max(least, widthOf(title), ...rows.map((row) => widthOf(onOneLine(of(row)))))
      )
      if (terminal.isWatched && roomForLast(widths, terminal) < LAST_COLUMN_LEAST) return rowsAsBlocks(rows)
      const across = rowsAcross(rows, widths)
      return isFirst ? [head(widths), ...across] : across
    }
  }
}

const roomForLast = (widths: ReadonlyArray<number>, { columns }: Terminal): number =>
  columns - widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0)

/** Names and what is said of them, a line each; what is not known is left out. */
export const factLines = (
  facts: ReadonlyArray<readonly [name: string, text: string | undefined]>
): ReadonlyArray<string> => {
  const width = Math.max(...facts.map(([name]) => widthOf(name)))
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [`${padTo(name, width)}  ${onOneLine(text)}`]))
}

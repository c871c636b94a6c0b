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
  /** Where a terminal has no room, the column with 1 is left out, then the one with 2; one without it never is. */
  readonly leftOut?: number
}

const GAP = "  "
const LAST_COLUMN_LEAST = 12

/** A column, and how wide it is in this table. */
interface Fitted<Row> {
  readonly column: Column<Row>
  readonly width: number
}

/**
 * A table whose rows may come in several parts; the head comes with the first. On a terminal the last column is cut where
 * the terminal ends; where there is no room for the columns before it, some are left out, and if that does not do, every
 * row stands as a block of its own, a line per cell. In a file or for another program nothing is cut or left out.
 */
export const makeTable = <Row>(columns: ReadonlyArray<Column<Row>>, terminal: Terminal) => {
  let fitted: ReadonlyArray<Fitted<Row>> | undefined

  const rowsAcross = (rows: ReadonlyArray<Row>, some: ReadonlyArray<Fitted<Row>>) =>
    rows.map((row) => {
      const cells = some.map(({ column, width }, index) => {
        const text = onOneLine(column.of(row))
        const isLast = index === some.length - 1
        const shown = isLast && terminal.isWatched ? cutTo(text, roomForLast(some, terminal)) : text
        const padded = isLast && column.side !== "right" ? shown : padTo(shown, width, column.side)
        return coloured(padded, column.colour?.(row), terminal.isColoured)
      })
      return cells.join(GAP).trimEnd()
    })

  const head = (some: ReadonlyArray<Fitted<Row>>) =>
    some
      .map(({ column: { side, title }, width }) => padTo(title, width, side))
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

  const fittedTo = (rows: ReadonlyArray<Row>): ReadonlyArray<Fitted<Row>> => {
    let some = columns.map((column) => {
      const widths = rows.map((row) => widthOf(onOneLine(column.of(row))))
      return { column, width: Math.max(column.least ?? 0, widthOf(column.title), ...widths) }
    })
    const leaving = columns.flatMap(({ leftOut }) => leftOut ?? []).sort((one, other) => one - other)
    for (const next of leaving) {
      if (hasRoom(some, terminal)) break
      some = some.filter(({ column }) => column.leftOut !== next)
    }
    return some
  }

  return {
    /** The lines of some more rows. */
    lines: (rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
      if (rows.length === 0) return []
      const isFirst = fitted === undefined
      fitted ??= fittedTo(rows)
      if (!hasRoom(fitted, terminal)) return rowsAsBlocks(rows)
      const across = rowsAcross(rows, fitted)
      return isFirst ? [head(fitted), ...across] : across
    }
  }
}

const roomForLast = (some: ReadonlyArray<{ readonly width: number }>, { columns }: Terminal): number =>
  columns - some.slice(0, -1).reduce((sum, { width }) => sum + width + GAP.length, 0)

const hasRoom = (some: ReadonlyArray<{ readonly width: number }>, terminal: Terminal): boolean =>
  !terminal.isWatched || roomForLast(some, terminal) >= LAST_COLUMN_LEAST

/** Names and what is said of them, a line each; what is not known is left out. */
export const factLines = (
  facts: ReadonlyArray<readonly [name: string, text: string | undefined]>
): ReadonlyArray<string> => {
  const width = Math.max(...facts.map(([name]) => widthOf(name)))
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [`${padTo(name, width)}  ${onOneLine(text)}`]))
}

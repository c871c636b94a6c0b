import { fieldErrorIn } from "@valerix/http/contract"
import { Effect, Stream } from "effect"
import { Csv } from "effect/encoding"
import { type Fault, MalformedFile } from "./MalformedFile.ts"
import { type FileUnreadable, LINE_MAX_BYTES } from "./SourceFile.ts"

/** A row of a table: which one it is from 1, the line where it begins, and its cells. */
export interface CsvRow {
  readonly number: number
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

/** A line with a JSON value. */
export interface JsonRow {
  readonly number: number
  readonly line: number
  /** The text of the line where it is at fault. */
  readonly value: unknown
  /** What JSON allows and no order or product may have: a key twice, a text that cannot be stored. */
  readonly fault: { readonly field: string; readonly message: string } | undefined
}

type Bytes = Stream.Stream<Uint8Array, MalformedFile | FileUnreadable>
type Rows<Row> = Stream.Stream<Row, MalformedFile | FileUnreadable>

/** What is wrong with a header, and at which column, from 1; none where one is missing. */
export interface HeaderFault {
  readonly column: number | undefined
  readonly message: string
}

interface Table {
  line: number
  number: number
  header: ReadonlyArray<string> | undefined
}

/**
 * The rows of a CSV file (RFC 4180), the header first, as row 0. Fails where the file is no such table, or `headerFault`
 * says what is wrong with its header.
 */
export const csvRows = (
  file: string,
  bytes: Bytes,
  headerFault: (header: ReadonlyArray<string>) => HeaderFault | undefined
): Rows<CsvRow> => {
  const malformed = (line: number, column: number | undefined, message: string, name?: string) =>
    new MalformedFile({
      file,
      faults: [{ line, column: column === undefined ? undefined : { number: column, name }, message }]
    })

  const take = (table: Table, chunk: ReadonlyArray<Csv.Row>) => {
    const rows: Array<CsvRow> = []
    for (const cells of chunk) {
      const { header, line, number } = table
      if (header === undefined) {
        const fault = headerFault(cells)
        if (fault !== undefined) return Effect.fail(malformed(line, fault.column, fault.message))
        table.header = cells
      } else if (cells.length !== header.length) {
        const isEmpty = cells.length === 1 && cells[0] === ""
        const message = isEmpty
          ? "is empty"
          : `has ${cells.length} cells; the header has ${header.length}${cells.length < header.length ? "" : ", so there is one too many"}`
        const column = isEmpty ? 1 : Math.min(cells.length, header.length) + 1
        return Effect.fail(malformed(line, column, message, header[column - 1]))
      }
      rows.push({ number, line, cells })
      table.number += 1
      table.line += 1 + lineBreaksIn(cells)
    }
    return Effect.succeed([table, rows] as const)
  }

  return bytes.pipe(
    Stream.pipeThroughChannelOrFail(Csv.decode({ maxRecordSize: LINE_MAX_BYTES })),
    Stream.mapError((error) =>
      error instanceof Csv.CsvError ? malformed(error.line, error.column, textOf(error)) : error
    ),
    Stream.mapAccumArrayEffect((): Table => ({ line: 1, number: 0, header: undefined }), take),
    Stream.orElseIfEmpty(() => Stream.fail(malformed(1, 1, "the file is empty, and must begin with a header")))
  )
}

const textOf = ({ kind, message }: Csv.CsvError): string =>
  kind === "RecordSize" ? `the row is longer than ${LINE_MAX_BYTES} characters` : message

/** How many line breaks stand in the cells of a row; each is counted as the parser counts it. */
const lineBreaksIn = (cells: ReadonlyArray<string>): number => {
  let count = 0
  for (const cell of cells) {
    if (cell.includes("\n") || cell.includes("\r")) count += cell.match(/\r\n|\r|\n/g)?.length ?? 0
  }
  return count
}

/** The lines of a file with a JSON value in each. */
export const jsonRows = (file: string, bytes: Bytes): Rows<JsonRow> =>
  bytes.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.mapAccumArrayEffect(
      () => 0,
      (before, texts) => {
        const rows: Array<JsonRow> = []
        let line = before
        for (const text of texts) {
          line += 1
          try {
            const value: unknown = JSON.parse(text)
            const fault = fieldErrorIn(text)
            rows.push({ number: line, line, value: fault === undefined ? value : text, fault })
          } catch (error) {
            return Effect.fail(new MalformedFile({ file, faults: [jsonFault(text, line, error)] }))
          }
        }
        return Effect.succeed([line, rows] as const)
      }
    )
  )

const jsonFault = (text: string, line: number, error: unknown): Fault => ({
  line,
  column: { number: faultyCharacter(text), name: "character" },
  message: text.trim() === "" ? "is empty" : `is not JSON: ${error instanceof Error ? error.message : String(error)}`
})

/** Which character, from 1, no JSON goes on with; the one after the last where JSON is cut short. Found by halving. */
const faultyCharacter = (text: string): number => {
  if (mayGoOn(text)) return text.length + 1
  let good = 0
  let bad = text.length
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (mayGoOn(text.slice(0, middle))) good = middle
    else bad = middle
  }
  return bad
}

/** Whether a text is JSON, or the beginning of some. The parser tells where it stopped, or that it came to the end. */
const mayGoOn = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const said = error instanceof Error ? error.message : ""
    const position = /position (\d+)/.exec(said)?.[1]
    return position === undefined ? said.includes("end of JSON input") : Number(position) >= text.length
  }
}

import { Stream } from "effect"
import { type CsvRow, csvRows, type JsonRow, jsonRows } from "../files/Rows.ts"
import { bytesOf, makeDigest, type SourceFile } from "../files/SourceFile.ts"
import { headerFaultOf, type OwnTable } from "./OwnTable.ts"

export type OwnFormat = "csv" | "ndjson"

/** The format that a file's name says, compressed or not; CSV where it says none. */
export const formatOf = (name: string): OwnFormat => (/\.(ndjson|jsonl)(\.gz)?$/i.test(name) ? "ndjson" : "csv")

/** A row of a file of our own: with its cells by name, or with its JSON value. */
export type OwnRow =
  | { readonly _tag: "Cells"; readonly row: CsvRow; readonly header: ReadonlyArray<string> }
  | { readonly _tag: "Value"; readonly row: JsonRow }

/** The rows of a file of our own, and the digest of what was read of it. */
export const ownRows = (source: SourceFile, format: OwnFormat, table: OwnTable) => {
  const digest = makeDigest()
  const bytes = bytesOf(source, digest)
  const rows =
    format === "ndjson"
      ? jsonRows(source.name, bytes).pipe(Stream.map((row): OwnRow => ({ _tag: "Value", row })))
      : csvRows(source.name, bytes, headerFaultOf(table)).pipe(
          Stream.mapAccumArray(
            (): ReadonlyArray<string> => [],
            (header, chunk) => {
              const known = chunk[0].number === 0 ? chunk[0].cells : header
              const named = chunk.flatMap(
                (row): ReadonlyArray<OwnRow> => (row.number === 0 ? [] : [{ _tag: "Cells", row, header: known }])
              )
              return [known, named]
            }
          )
        )
  return { rows, digest: () => digest.digest("hex") }
}

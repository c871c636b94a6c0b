import { Effect, Stream } from "effect"
import { FAULTS_MAX, type Fault, MalformedFile, quoted } from "../files/MalformedFile.ts"
import { csvRows, type HeaderFault } from "../files/Rows.ts"
import { bytesOf, makeDigest, type SourceFile } from "../files/SourceFile.ts"
import { RetailCatalogue } from "./RetailCatalogue.ts"
import { RETAIL_HEADER, type RetailRow, retailRowOf } from "./RetailRow.ts"

const headerFault = (header: ReadonlyArray<string>): HeaderFault | undefined => {
  const at = Array.from({ length: Math.max(header.length, RETAIL_HEADER.length) }).findIndex(
    (_, index) => header[index] !== RETAIL_HEADER[index]
  )
  const message = `the header is ${quoted(header.join(","))}, and must be ${RETAIL_HEADER.join(",")}`
  return at === -1 ? undefined : { column: at + 1, message }
}

/** The rows of a file that was checked, with what their bytes come to when all were read. */
export const retailRows = (source: SourceFile) => {
  const digest = makeDigest()
  const rows = csvRows(source.name, bytesOf(source, digest), headerFault).pipe(
    Stream.mapAccumArray(
      () => undefined,
      (none, chunk) => {
        const read: Array<RetailRow> = []
        for (const row of chunk) {
          const retail = row.number === 0 ? [] : retailRowOf(row)
          if ("row" in retail) read.push(retail)
        }
        return [none, read]
      }
    )
  )
  return { rows, digest: () => digest.digest("hex") }
}

/**
 * Reads a file to its end: that every row can be read, and none is earlier than the one before it. Gives what it holds:
 * its digest, how many rows, and its products; memory is theirs alone. Fails as MalformedFile.
 */
export const checkRetail = Effect.fnUntraced(function* (source: SourceFile) {
  const digest = makeDigest()
  const catalogue = new RetailCatalogue()
  const faults: Array<Fault> = []
  let rows = 0
  let latest = ""
  yield* csvRows(source.name, bytesOf(source, digest), headerFault).pipe(
    Stream.runForEachArray((chunk) => {
      for (const row of chunk) {
        if (row.number === 0) continue
        rows = row.number
        const retail = retailRowOf(row)
        if (!("row" in retail)) {
          faults.push(...retail)
        } else if (retail.time < latest) {
          faults.push(tooEarly(retail, latest))
        } else {
          latest = retail.time
          catalogue.add(retail)
        }
        if (faults.length >= FAULTS_MAX) break
      }
      return faults.length >= FAULTS_MAX ? Effect.fail(new MalformedFile({ file: source.name, faults })) : Effect.void
    }),
    Effect.mapError((error) =>
      // What came before the place where it could not be read on is told as well.
      error instanceof MalformedFile && error.faults !== faults && faults.length > 0
        ? new MalformedFile({ file: source.name, faults: [...faults, ...error.faults] })
        : error
    )
  )
  if (faults.length > 0) return yield* new MalformedFile({ file: source.name, faults })
  if (rows === 0) {
    const fault: Fault = { line: 1, column: undefined, message: "the file has no rows below its header" }
    return yield* new MalformedFile({ file: source.name, faults: [fault] })
  }
  return { digest: digest.digest("hex"), rows, catalogue }
})

const tooEarly = ({ row, time }: RetailRow, latest: string): Fault => ({
  line: row.line,
  column: { number: RETAIL_HEADER.indexOf("InvoiceDate") + 1, name: "InvoiceDate" },
  message: `${time} is before ${latest}, the time of a row before it; orders are replayed in time order: sort the file by InvoiceDate`
})

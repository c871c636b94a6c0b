import { Effect, Stream } from "effect"
import type { SourceFile } from "../files/SourceFile.ts"
import { type OwnFormat, ownRows } from "./OwnRows.ts"
import type { OwnTable } from "./OwnTable.ts"

/** Reads a file to its end: that it is a table, or JSON line by line. Gives its digest, how many rows, and its header. */
export const checkOwn = Effect.fnUntraced(function* (source: SourceFile, format: OwnFormat, table: OwnTable) {
  const { digest, rows } = ownRows(source, format, table)
  let count = 0
  let header: ReadonlyArray<string> | undefined
  yield* Stream.runForEachArray(rows, (chunk) =>
    Effect.sync(() => {
      const [first] = chunk
      if (first._tag === "Cells") header ??= first.header
      count += chunk.length
    })
  )
  return { digest: digest(), rows: count, header: header ?? (format === "csv" ? table.required : undefined) }
})
export type CheckedOwn = Effect.Success<ReturnType<typeof checkOwn>>

import { open } from "node:fs/promises"
import { Data, Effect } from "effect"
import type { CsvRow, JsonRow } from "./files/Rows.ts"

/** The file of rows that are not imported cannot be written. */
export class FileNotWritable extends Data.TaggedError("FileNotWritable")<{
  readonly file: string
  readonly why: string
}> {
  override get message(): string {
    return `${this.file} cannot be written: ${this.why}.`
  }
}

/** Why a row was not imported. */
export interface RowNotImported {
  readonly row: CsvRow | JsonRow
  readonly reason: string
  readonly field: string | undefined
  readonly message: string
}

/** Where rows that are not imported are listed: as CSV with the row's cells at the end, or as lines of JSON. */
export interface NotImportedFile {
  readonly path: string
  readonly add: (row: RowNotImported) => void
  /** Writes what was added; gives how long the file is then. */
  readonly flush: Effect.Effect<number, FileNotWritable>
}

const FLUSH_AT_CHARACTERS = 64 * 1024

/**
 * Opens the file: from its beginning, or after so many bytes that an earlier run has written; what it wrote beyond them is
 * cut off. Gives none where the earlier run's file is not there any more as it was left.
 */
export const openNotImported = (path: string, header: ReadonlyArray<string> | undefined, after: number | undefined) =>
  Effect.gen(function* () {
    const attempt = <A>(work: () => Promise<A>) =>
      Effect.tryPromise({
        try: work,
        catch: (error) =>
          new FileNotWritable({ file: path, why: error instanceof Error ? error.message : String(error) })
      })
    if (after !== undefined && !(yield* attempt(() => isAsLong(path, after)))) return undefined
    const handle = yield* Effect.acquireRelease(
      attempt(() => open(path, after === undefined ? "w" : "r+")),
      (opened) => Effect.promise(() => opened.close())
    )
    if (after !== undefined) yield* attempt(() => handle.truncate(after))
    let length = after ?? 0
    let text = ""
    const add = ({ field, message, reason, row }: RowNotImported) => {
      text +=
        "cells" in row
          ? csvLine([String(row.line), reason, field ?? "", message, ...row.cells])
          : `${JSON.stringify({ line: row.line, reason, ...(field === undefined ? {} : { field }), message, row: row.value })}\n`
    }
    const flush = Effect.suspend(() => {
      if (text === "") return Effect.succeed(length)
      const bytes = Buffer.from(text)
      text = ""
      return attempt(async () => {
        for (let written = 0; written < bytes.length; ) {
          written += (await handle.write(bytes, written, bytes.length - written, length + written)).bytesWritten
        }
        length += bytes.length
        return length
      })
    })
    if (after === undefined && header !== undefined) text = csvLine(["line", "reason", "field", "message", ...header])
    const file: NotImportedFile & { readonly isFull: () => boolean } = {
      path,
      add,
      flush,
      isFull: () => text.length >= FLUSH_AT_CHARACTERS
    }
    return file
  })

const isAsLong = async (path: string, length: number): Promise<boolean> => {
  try {
    const handle = await open(path, "r")
    try {
      return (await handle.stat()).size >= length
    } finally {
      await handle.close()
    }
  } catch {
    return false
  }
}

const csvLine = (cells: ReadonlyArray<string>): string => `${cells.map(csvCell).join(",")}\n`

/** Quotes a cell where RFC 4180 asks for it. */
export const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

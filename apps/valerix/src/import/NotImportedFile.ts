import { createHash, type Hash } from "node:crypto"
import { createReadStream } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { Data, Effect } from "effect"
import { jsonText } from "../terminal/Json.ts"
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
  /** So much was added that it should be written now. */
  readonly isFull: () => boolean
  /** Writes what was added; gives what the file is then. */
  readonly flush: Effect.Effect<Written, FileNotWritable>
}

/** What was written: how much, and what it comes to. */
export interface Written {
  readonly bytes: number
  /** SHA-256, in hexadecimal digits. */
  readonly digest: string
}

const FLUSH_AT_CHARACTERS = 64 * 1024

const attempting =
  (file: string) =>
  <A>(work: () => Promise<A>): Effect.Effect<A, FileNotWritable> =>
    Effect.tryPromise({
      try: work,
      catch: (error) => new FileNotWritable({ file, why: error instanceof Error ? error.message : String(error) })
    })

/**
 * Goes on with the file of an earlier run after what that had kept; what it wrote beyond is cut off. Gives none where it is
 * not there any more as it was left: somebody has removed it, or another import has listed its own rows in it.
 */
export const reopenNotImported = Effect.fnUntraced(function* (path: string, { bytes, digest }: Written) {
  const attempt = attempting(path)
  const hash = yield* attempt(() => hashOfBeginning(path, bytes))
  if (hash?.copy().digest("hex") !== digest) return undefined
  const handle = yield* Effect.acquireRelease(
    attempt(() => open(path, "r+")),
    (opened) => Effect.promise(() => opened.close())
  )
  yield* attempt(() => handle.truncate(bytes))
  return writing(path, handle, { length: bytes, hash }, "")
})

/** Begins the file anew, with a header where it is a table. */
export const openNotImported = Effect.fnUntraced(function* (path: string, header: ReadonlyArray<string> | undefined) {
  const attempt = attempting(path)
  const handle = yield* Effect.acquireRelease(
    attempt(() => open(path, "w")),
    (opened) => Effect.promise(() => opened.close())
  )
  const head = header === undefined ? "" : csvLine(["line", "reason", "field", "message", ...header])
  return writing(path, handle, { length: 0, hash: createHash("sha256") }, head)
})

const writing = (
  path: string,
  handle: FileHandle,
  { hash, length: lengthBefore }: { readonly length: number; readonly hash: Hash },
  head: string
): NotImportedFile => {
  const attempt = attempting(path)
  let length = lengthBefore
  const written = (): Written => ({ bytes: length, digest: hash.copy().digest("hex") })
  let text = head
  return {
    path,
    add: ({ field, message, reason, row }) => {
      text +=
        "cells" in row
          ? csvLine([String(row.line), reason, field ?? "", message, ...row.cells])
          : `${jsonText({ line: row.line, reason, field, message, row: row.value })}\n`
    },
    isFull: () => text.length >= FLUSH_AT_CHARACTERS,
    flush: Effect.suspend(() => {
      if (text === "") return Effect.sync(written)
      const bytes = Buffer.from(text)
      text = ""
      return attempt(async () => {
        for (let written = 0; written < bytes.length; ) {
          written += (await handle.write(bytes, written, bytes.length - written, length + written)).bytesWritten
        }
        length += bytes.length
        hash.update(bytes)
        return written()
      })
    })
  }
}

/** The hash of so many bytes at the beginning of a file, to go on with; none where it has fewer. */
const hashOfBeginning = async (path: string, bytes: number): Promise<Hash | undefined> => {
  const hash = createHash("sha256")
  if (bytes === 0) return hash
  let read = 0
  try {
    for await (const chunk of createReadStream(path, { end: bytes - 1 })) {
      if (!(chunk instanceof Uint8Array)) return undefined
      hash.update(chunk)
      read += chunk.length
    }
  } catch {
    return undefined
  }
  return read === bytes ? hash : undefined
}

const csvLine = (cells: ReadonlyArray<string>): string => `${cells.map(csvCell).join(",")}\n`

/** Quotes a cell where RFC 4180 asks for it. */
export const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

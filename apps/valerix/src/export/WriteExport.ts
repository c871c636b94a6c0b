import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { rename, rm } from "node:fs/promises"
import type { Writable } from "node:stream"
import { Effect, Exit, identity, Stream } from "effect"
import { csvCell, FileNotWritable } from "../import/NotImportedFile.ts"
import { jsonText } from "../terminal/Json.ts"
import { onItsLines } from "../terminal/Text.ts"
import type { Export, Exported } from "./ExportRows.ts"

export type ExportFormat = "csv" | "ndjson"

/**
 * Writes an export to a file, or to standard output. A file is there when it is whole: what is written before that stands
 * beside it. Gives how many rows were written.
 */
export const writeExport = (exported: Export, format: ExportFormat, path: string | undefined) =>
  path === undefined
    ? writeTo(exported, format, process.stdout, "standard output", process.stdout.isTTY ? onItsLines : identity)
    : writeFile(exported, format, path)

const writeFile = (exported: Export, format: ExportFormat, path: string) => {
  const part = `${path}.part`
  return Effect.acquireUseRelease(
    attempt(path, async () => {
      const stream = createWriteStream(part)
      await once(stream, "open")
      return stream
    }),
    (stream) =>
      Effect.gen(function* () {
        const rows = yield* writeTo(exported, format, stream, path)
        yield* attempt(path, async () => {
          stream.end()
          await once(stream, "close")
          await rename(part, path)
        })
        return rows
      }),
    (stream, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.promise(async () => {
            stream.destroy()
            await rm(part, { force: true })
          })
  )
}

const writeTo = Effect.fnUntraced(function* (
  { all, columns }: Export,
  format: ExportFormat,
  stream: Writable,
  name: string,
  shown: (text: string) => string = identity
) {
  let rows = 0
  const write = (text: string) =>
    attempt(name, async () => {
      if (!stream.write(shown(text))) await once(stream, "drain")
    })
  const textOf = (chunk: ReadonlyArray<Exported>): string =>
    format === "ndjson"
      ? chunk.map(({ document }) => `${jsonText(document)}\n`).join("")
      : chunk.flatMap((one) => one.rows.map((row) => csvLineOf(columns, row))).join("")
  if (format === "csv") yield* write(`${columns.join(",")}\n`)
  yield* Stream.runForEachArray(all, (chunk) => {
    rows += format === "csv" ? chunk.reduce((sum, one) => sum + one.rows.length, 0) : chunk.length
    return write(textOf(chunk))
  })
  return rows
})

const csvLineOf = (columns: ReadonlyArray<string>, row: Readonly<Record<string, string>>): string =>
  `${columns.map((name) => csvCell(row[name] ?? "")).join(",")}\n`

const attempt = <A>(file: string, work: () => Promise<A>) =>
  Effect.tryPromise({
    try: work,
    catch: (error) => new FileNotWritable({ file, why: error instanceof Error ? error.message : String(error) })
  })

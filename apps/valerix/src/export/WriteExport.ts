import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { rename, rm } from "node:fs/promises"
import { PassThrough, type Writable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import { Effect, Exit, Stream } from "effect"
import { csvCell, FileNotWritable } from "../import/NotImportedFile.ts"
import { jsonText } from "../terminal/Json.ts"
import { onItsLines } from "../terminal/Text.ts"
import type { Export, Exported } from "./ExportRows.ts"

export type ExportFormat = "csv" | "ndjson"

/** Takes a text; has taken it when there is room for the next one. */
type Put = (text: string) => Promise<void>

/**
 * Writes an export to a file, compressed where its name ends in .gz, or to standard output. A file is there when it is
 * whole: what is written before that stands beside it. Gives how many rows were written.
 */
export const writeExport = (exported: Export, format: ExportFormat, path: string | undefined) => {
  if (path !== undefined) return writeFile(exported, format, path)
  const shown = process.stdout.isTTY ? onItsLines : (text: string) => text
  return putAll(exported, format, "standard output", (text) => written(process.stdout, shown(text)))
}

const writeFile = (exported: Export, format: ExportFormat, path: string) => {
  const part = `${path}.part`
  return Effect.acquireUseRelease(
    attempt(path, async () => {
      const file = createWriteStream(part)
      await once(file, "open")
      const stream = /\.gz$/i.test(path) ? createGzip() : new PassThrough()
      const whole = pipeline(stream, file)
      // Somebody awaits it with every text; here it only must not be the end of the program.
      whole.catch(() => undefined)
      return { stream, whole }
    }),
    ({ stream, whole }) =>
      Effect.gen(function* () {
        const rows = yield* putAll(exported, format, path, (text) => Promise.race([whole, written(stream, text)]))
        yield* attempt(path, async () => {
          stream.end()
          await whole
          await rename(part, path)
        })
        return rows
      }),
    ({ stream, whole }, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.promise(async () => {
            stream.destroy()
            await whole.catch(() => undefined)
            await rm(part, { force: true })
          })
  )
}

const written: (stream: Writable, text: string) => Promise<void> = (stream, text) =>
  new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()))
  })

const putAll = Effect.fnUntraced(function* ({ all, columns }: Export, format: ExportFormat, name: string, put: Put) {
  let rows = 0
  const textOf = (chunk: ReadonlyArray<Exported>): string =>
    format === "ndjson"
      ? chunk.map(({ document }) => `${jsonText(document)}\n`).join("")
      : chunk.flatMap((one) => one.rows.map((row) => csvLineOf(columns, row))).join("")
  if (format === "csv") yield* attempt(name, () => put(`${columns.join(",")}\n`))
  yield* Stream.runForEachArray(all, (chunk) => {
    rows += format === "csv" ? chunk.reduce((sum, one) => sum + one.rows.length, 0) : chunk.length
    return attempt(name, () => put(textOf(chunk)))
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

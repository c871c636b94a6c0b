import { type FileHandle, open } from "node:fs/promises"
import { Effect, Schema } from "effect"

/** An order that was answered with 2xx. */
export const Promised = Schema.Struct({ organization: Schema.String, key: Schema.String, order: Schema.String })
export type Promised = typeof Promised.Type

const decodeLine = Schema.decodeUnknownSync(Schema.fromJsonString(Promised))

/** The orders that the program has promised to execute. */
export interface Journal {
  /** Keeps an order; when this is done, it is on the disk. Those that come together are written together. */
  readonly keep: (promised: Promised) => Promise<void>
  readonly all: () => ReadonlyArray<Promised>
  readonly size: () => number
}

/** Opens the journal of a file, which goes on where it ended. */
export const openJournal = (path: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const file = await open(path, "a+")
      return { file, journal: journalOn(file, await readWhole(file)) }
    }),
    ({ file }) => Effect.promise(() => file.close())
  ).pipe(Effect.map(({ journal }) => journal))

/** Reads all whole lines. The last one may have been cut off; it was not counted then, and is taken away. */
const readWhole = async (file: FileHandle): Promise<ReadonlyArray<Promised>> => {
  const text = await file.readFile("utf8")
  const whole = text.slice(0, text.lastIndexOf("\n") + 1)
  await file.truncate(Buffer.byteLength(whole))
  return whole
    .split("\n")
    .slice(0, -1)
    .map((line) => decodeLine(line))
}

const journalOn = (file: FileHandle, known: ReadonlyArray<Promised>): Journal => {
  const promised = [...known]
  let waiting: Array<Promised> = []
  let writing: Promise<void> | undefined

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const some = waiting
      waiting = []
      await file.appendFile(some.map((one) => `${JSON.stringify(one)}\n`).join(""))
      await file.datasync()
      promised.push(...some)
    }
    writing = undefined
  }

  return {
    keep: async (one) => {
      waiting.push(one)
      const mine = (): boolean => waiting.includes(one)
      do {
        writing ??= writeAll()
        await writing
      } while (mine())
    },
    all: () => promised,
    size: () => promised.length
  }
}

import { isUtf8 } from "node:buffer"
import { createHash, type Hash } from "node:crypto"
import { createReadStream } from "node:fs"
import { open, stat } from "node:fs/promises"
import { basename, resolve } from "node:path"
import { createGunzip } from "node:zlib"
import { Data, Effect, Runtime, Stream } from "effect"
import { EXIT } from "../../terminal/ExitCodes.ts"
import { MalformedFile } from "./MalformedFile.ts"

/** There is no such file, or it may not be read. */
export class FileUnreadable extends Data.TaggedError("FileUnreadable")<{
  readonly file: string
  readonly why: string
}> {
  override readonly [Runtime.errorExitCode] = EXIT.USAGE
  override get message(): string {
    return `${this.file} cannot be read: ${this.why}.`
  }
}

/** A file that can be read several times, compressed with gzip or not. */
export interface SourceFile {
  readonly path: string
  /** As it is told in messages. */
  readonly name: string
  readonly isCompressed: boolean
}

const CHUNK_BYTES = 256 * 1024

/** The longest line that a file may have. */
export const LINE_MAX_BYTES = 1024 * 1024

/** Looks whether a file can be read, and how. What is compressed is known by its content, not by its name. */
export const openSource = (path: string): Effect.Effect<SourceFile, FileUnreadable> =>
  Effect.tryPromise({
    try: async () => {
      const handle = await open(path, "r")
      try {
        const stats = await handle.stat()
        if (!stats.isFile()) throw new Error("it is not a file, and would have to be read twice")
        const head = Buffer.alloc(2)
        const { bytesRead } = await handle.read(head, 0, 2, 0)
        const isCompressed = bytesRead === 2 && head[0] === 0x1f && head[1] === 0x8b
        return { path: resolve(path), name: basename(path), isCompressed }
      } finally {
        await handle.close()
      }
    },
    catch: (error) => new FileUnreadable({ file: path, why: reasonOf(error) })
  })

/** Whether a path leads to the file, perhaps by another name: a link to it, or the same folder by another way. */
export const isSameFile = (source: SourceFile, path: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    try {
      const [one, other] = await Promise.all([source.path, path].map((name) => stat(name, { bigint: true })))
      return one !== undefined && one.dev === other?.dev && one.ino === other.ino
    } catch {
      return false
    }
  })

/** The bytes of a file, uncompressed; each is seen by `digest`. Fails where they are no text in UTF-8. */
export const bytesOf = (source: SourceFile, digest: Hash): Stream.Stream<Uint8Array, MalformedFile | FileUnreadable> =>
  Stream.suspend(() => {
    const check = new TextCheck(source.name)
    return Stream.fromAsyncIterable(read(source, digest, check), (error) =>
      error instanceof MalformedFile
        ? error
        : source.isCompressed && isOfZlib(error)
          ? check.fault(`the compressed data are damaged or incomplete (${reasonOf(error)})`)
          : new FileUnreadable({ file: source.name, why: reasonOf(error) })
    )
  })

export const makeDigest = (): Hash => createHash("sha256")

async function* read({ isCompressed, path }: SourceFile, digest: Hash, check: TextCheck) {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const unpacked = isCompressed ? createGunzip({ chunkSize: CHUNK_BYTES }) : undefined
  if (unpacked !== undefined) {
    file.on("error", (error) => unpacked.destroy(error))
    file.pipe(unpacked)
  }
  try {
    for await (const chunk of unpacked ?? file) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError("a file gave something else than bytes")
      digest.update(chunk)
      check.take(chunk)
      yield chunk
    }
    check.end()
  } finally {
    file.destroy()
    unpacked?.destroy()
  }
}

const isOfZlib = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_")

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const LINE_FEED = 10

/** Sees that bytes are UTF-8 without NUL, line by line; the decoders that come after would put other characters in place. */
class TextCheck {
  private readonly file: string
  private begun = Buffer.alloc(0)
  private line = 1

  constructor(file: string) {
    this.file = file
  }

  take(chunk: Uint8Array): void {
    const last = chunk.lastIndexOf(LINE_FEED)
    if (last === -1) {
      this.begun = Buffer.concat([this.begun, chunk])
      if (this.begun.length > LINE_MAX_BYTES) throw this.fault(`is longer than ${LINE_MAX_BYTES} bytes`)
      return
    }
    this.look(Buffer.concat([this.begun, chunk.subarray(0, last + 1)]))
    this.begun = Buffer.from(chunk.subarray(last + 1))
  }

  end(): void {
    this.look(this.begun)
  }

  /** What is wrong with the line that is being read. */
  fault(message: string, byte?: number): MalformedFile {
    const column = byte === undefined ? undefined : { number: byte, name: "byte" }
    return new MalformedFile({ file: this.file, faults: [{ line: this.line, column, message }] })
  }

  private look(lines: Buffer): void {
    if (isUtf8(lines) && !lines.includes(0)) {
      for (let at = lines.indexOf(LINE_FEED); at !== -1; at = lines.indexOf(LINE_FEED, at + 1)) this.line += 1
      return
    }
    for (let from = 0; from < lines.length; this.line += 1) {
      const end = lines.indexOf(LINE_FEED, from)
      const line = lines.subarray(from, end === -1 ? lines.length : end)
      if (line.includes(0)) throw this.fault("holds the character NUL", line.indexOf(0) + 1)
      if (!isUtf8(line)) throw this.fault("is not UTF-8", firstNotUtf8(line))
      from = end === -1 ? lines.length : end + 1
    }
  }
}

/** Counted from 1: the first byte that no text in UTF-8 goes on with. */
const firstNotUtf8 = (line: Buffer): number => {
  let good = 0
  for (let length = 1; length <= line.length; length += 1) if (isUtf8(line.subarray(0, length))) good = length
  return good + 1
}

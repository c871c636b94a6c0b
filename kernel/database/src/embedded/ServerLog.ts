import { constants, copyFile, type FileHandle, open, rm } from "node:fs/promises"
import { Effect, Schedule, type Scope } from "effect"
import type { EmbeddedServerError } from "./EmbeddedServerError.ts"
import { accessing, giveTo } from "./FileAccess.ts"
import type { HomeFolder } from "./HomeFolder.ts"

/** The file that PostgreSQL's messages go to. */
export interface ServerLog {
  readonly path: string
  readonly descriptor: number
  /** How long it is now; what a start writes comes after. */
  readonly size: Effect.Effect<number>
  /** The last lines that were written after `since`, for an error message. */
  readonly tail: (since: number) => Effect.Effect<string>
}

/** For reading and appending; a link by that name is not followed, because root may work in somebody else's folder. */
const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)
const sizeMaxBytes = 8 * 1024 * 1024
const checkEvery = "30 seconds"
const tailMaxBytes = 4096
const tailMaxLines = 20

/**
 * Opens the log and keeps it below about 16 MB: at 8 MB it is copied to `postgres.log.1` and begun anew. The server
 * writes to the same open file all the time, so nothing has to be reopened, whoever the server's user is.
 */
export const openServerLog = Effect.fnUntraced(function* (
  home: HomeFolder
): Effect.fn.Return<ServerLog, EmbeddedServerError, Scope.Scope> {
  const file = yield* Effect.acquireRelease(
    accessing("open", home.log, () => open(home.log, appending, 0o600)),
    (file) => Effect.ignore(Effect.tryPromise(() => file.close()))
  )
  yield* accessing("own", home.log, () => giveTo(home.log, home.owner))
  yield* Effect.ignore(Effect.tryPromise(() => limitSize(file, home))).pipe(
    Effect.repeat(Schedule.spaced(checkEvery)),
    Effect.forkScoped
  )
  return {
    path: home.log,
    descriptor: file.fd,
    size: Effect.tryPromise(() => file.stat()).pipe(
      Effect.map(({ size }) => size),
      Effect.orElseSucceed(() => 0)
    ),
    tail: (since) => Effect.tryPromise(() => lastLines(file, since)).pipe(Effect.orElseSucceed(() => ""))
  }
})

const limitSize = async (file: FileHandle, home: HomeFolder) => {
  const { size } = await file.stat()
  if (size <= sizeMaxBytes) return
  const previous = `${home.log}.1`
  await rm(previous, { force: true })
  await copyFile(home.log, previous, constants.COPYFILE_EXCL)
  await giveTo(previous, home.owner)
  await file.truncate(0)
}

const lastLines = async (file: FileHandle, since: number): Promise<string> => {
  const { size } = await file.stat()
  // A log that is shorter now was begun anew in between.
  const start = Math.max(since > size ? 0 : since, size - tailMaxBytes)
  const buffer = Buffer.alloc(size - start)
  await file.read(buffer, 0, buffer.length, start)
  return buffer.toString("utf8").trimEnd().split("\n").slice(-tailMaxLines).join("\n")
}

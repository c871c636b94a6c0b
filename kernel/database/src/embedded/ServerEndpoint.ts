import { lstat, mkdir, readdir, rm, rmdir } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Effect, type Scope } from "effect"
import { nameOf } from "./DataPlacement.ts"
import { because, type EmbeddedServerError, FileAccessFailed, SocketDirectoryUnsafe } from "./EmbeddedServerError.ts"
import { accessing, errorCode, giveTo } from "./FileAccess.ts"
import type { HomeFolder } from "./HomeFolder.ts"
import { runProgram } from "./RunProgram.ts"
import type { ServerUser } from "./ServerUser.ts"

/** Where the server listens: a Unix socket in a directory of its own, or a port of this machine's loopback address. */
export interface ServerEndpoint {
  readonly host: string
  readonly port: number
  /** `undefined` when the server listens on TCP. */
  readonly socketDirectory: string | undefined
}

/** With a socket the port is no more than a part of its file's name. */
const socketPort = 5432
const socketFile = `.s.PGSQL.${socketPort}`
const loopback = "127.0.0.1"
const accessTimeoutMs = 10_000

/** The operating systems' limits are 108 bytes (Linux) and 104 bytes (macOS, BSD), the closing zero included. */
const socketPathMaxBytes = process.platform === "linux" ? 107 : 103

/**
 * Makes the directory for the server's socket, private to the server's user: in the temporary folder, or in `/tmp` when
 * the temporary folder's name is too long or PostgreSQL's user cannot enter it. Where no Unix socket is possible the
 * server gets a free port on 127.0.0.1. Fails with `SocketDirectoryUnsafe` when somebody else made the directory.
 */
export const openEndpoint = Effect.fn("EmbeddedServer.openEndpoint")(function* (
  home: HomeFolder,
  user: ServerUser
): Effect.fn.Return<ServerEndpoint, EmbeddedServerError, Scope.Scope> {
  if (process.platform !== "win32" && user.uid !== undefined) {
    for (const directory of socketDirectories(home)) {
      if (Buffer.byteLength(join(directory, socketFile)) > socketPathMaxBytes) continue
      if (!(yield* canUse(dirname(directory), user))) continue
      yield* Effect.acquireRelease(makePrivate(directory, user.uid, user), () =>
        // The server removes its socket; a directory that is not empty is reused on the next start.
        Effect.ignore(Effect.tryPromise(() => rmdir(directory)))
      )
      return { host: directory, port: socketPort, socketDirectory: directory }
    }
  }
  return { host: loopback, port: yield* freePort, socketDirectory: undefined }
})

const socketDirectories = (home: HomeFolder): ReadonlyArray<string> =>
  [...new Set([tmpdir(), "/tmp"])].map((parent) => join(parent, `valerix-${nameOf(home.path)}`))

/** Removes the socket directory that a killed server may have left, as far as that is possible. */
export const removeSocketDirectory = async (home: HomeFolder) => {
  for (const directory of socketDirectories(home)) {
    for (const name of [socketFile, `${socketFile}.lock`]) {
      await rm(join(directory, name), { force: true }).catch(() => undefined)
    }
    await rmdir(directory).catch(() => undefined)
  }
}

const canUse = (folder: string, user: ServerUser): Effect.Effect<boolean> =>
  runProgram({
    command: "/bin/sh",
    args: ["-c", 'cd "$1" && test -w .', "sh", folder],
    as: user.as,
    timeoutMs: accessTimeoutMs
  }).pipe(Effect.map(({ code }) => code === 0))

/**
 * The temporary folder is open to everybody: the directory could have been made by another user, or be a link to
 * elsewhere. Only one that belongs to the server's user, and to nobody else, is used.
 */
const makePrivate = Effect.fnUntraced(function* (
  directory: string,
  uid: number,
  user: ServerUser
): Effect.fn.Return<void, EmbeddedServerError> {
  const found = yield* accessing("create", directory, async () => {
    await mkdir(directory, { mode: 0o700 }).catch((cause: unknown) => {
      if (errorCode(cause) !== "EEXIST") throw cause
    })
    const before = await lstat(directory)
    // A directory of root's own was made right now, or by a start that was cut short here.
    if (user.as === undefined || before.uid !== 0 || !before.isDirectory()) return before
    await giveTo(directory, user.as)
    return lstat(directory)
  })
  const unsafe = (detail: string) => because(new SocketDirectoryUnsafe({ directory, detail }))
  if (!found.isDirectory()) return yield* unsafe("it is not a directory")
  if (found.uid !== uid) return yield* unsafe(`it belongs to user id ${found.uid}, not to ${uid}`)
  if ((found.mode & 0o077) !== 0) return yield* unsafe("others may enter it")
})

/**
 * Removes what a killed server has left in its directory. PostgreSQL would take it for another server's if the process
 * id in it belonged to anybody by now, which in a restarted container is likely.
 */
export const removeStaleSocket = ({ socketDirectory }: ServerEndpoint): Effect.Effect<void, EmbeddedServerError> =>
  socketDirectory === undefined
    ? Effect.void
    : accessing("clear", socketDirectory, async () => {
        for (const entry of await readdir(socketDirectory)) await rm(join(socketDirectory, entry), { force: true })
      })

const freePort = Effect.callback<number, EmbeddedServerError>((resume) => {
  const server = createServer()
  const failed = (cause: unknown) =>
    because(new FileAccessFailed({ operation: "find a free port on", path: loopback, detail: errorCode(cause) }))
  server.on("error", (cause) => resume(Effect.fail(failed(cause))))
  server.listen(0, loopback, () => {
    const address = server.address()
    server.close(() =>
      resume(
        address !== null && typeof address === "object"
          ? Effect.succeed(address.port)
          : Effect.fail(failed(new Error("no address")))
      )
    )
  })
})

import { createHash, randomBytes } from "node:crypto"
import { lstat, mkdir, readdir, readFile, readlink, realpath, rm, symlink } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { Effect, type Scope } from "effect"
import {
  because,
  DataOutOfReach,
  DataUnusable,
  type EmbeddedServerError,
  OtherPostgresMajor
} from "./EmbeddedServerError.ts"
import { accessing, errorCode } from "./FileAccess.ts"
import type { HomeFolder } from "./HomeFolder.ts"
import { lockData } from "./HomeLock.ts"
import { runProgram } from "./RunProgram.ts"
import type { ServerUser } from "./ServerUser.ts"

/** Where root keeps what PostgreSQL's user must reach when the home or the clone lies in a closed folder. */
export const systemStore = "/var/lib/valerix"

export interface DataPlacement {
  /** The real path of PostgreSQL's data folder. */
  readonly data: string
  /** Whether it holds data already; else they are still to be created. */
  readonly exists: boolean
}

const accessTimeoutMs = 10_000
const unfinishedMark = ".new-"

/** A short name for a folder, the same on every start. */
export const nameOf = (path: string): string => createHash("sha256").update(path).digest("hex").slice(0, 16)

export const storedData = (home: HomeFolder): string => join(systemStore, nameOf(home.path))

/** Where the link leads, also when nothing is there (yet). */
export const dataBehind = async (home: HomeFolder): Promise<string> =>
  realpath(home.data).catch(async () => {
    const target = await readlink(home.data).catch(() => undefined)
    return target === undefined ? home.data : resolve(home.path, target)
  })

/**
 * Decides where the data are: plainly in the home folder, unless PostgreSQL's user cannot get there, in which case
 * they lie under `/var/lib/valerix` with a link in the home folder. Whether that user can is tried, not guessed.
 * Data that exist stay where they are. Fails with `DataOutOfReach`, `DataUnusable` or `OtherPostgresMajor`.
 */
export const placeData = Effect.fn("EmbeddedServer.placeData")(function* (
  home: HomeFolder,
  user: ServerUser,
  major: string
): Effect.fn.Return<DataPlacement, EmbeddedServerError, Scope.Scope> {
  const present = yield* accessing("look at", home.data, () => lstat(home.data).catch(() => undefined))
  if (present === undefined && !(yield* canEnter(home.path, user))) yield* linkToStore(home)
  const data = yield* accessing("follow", home.data, () => dataBehind(home))
  if (data !== home.data) yield* lockData(home, data)
  if (!(yield* holdsData(data, user, major))) return { data, exists: false }
  if (yield* canEnter(data, user)) return { data, exists: true }
  return yield* because(new DataOutOfReach({ data, user: user.name }))
})

const canEnter = (folder: string, user: ServerUser): Effect.Effect<boolean> =>
  runProgram({
    command: "/bin/sh",
    args: ["-c", 'cd "$1"', "sh", folder],
    as: user.as,
    timeoutMs: accessTimeoutMs
  }).pipe(Effect.map(({ code }) => code === 0))

const linkToStore = (home: HomeFolder) =>
  accessing("link the data to", systemStore, async () => {
    await mkdir(systemStore, { recursive: true, mode: 0o755 })
    await symlink(storedData(home), home.data)
  })

const holdsData = Effect.fnUntraced(function* (
  data: string,
  user: ServerUser,
  major: string
): Effect.fn.Return<boolean, EmbeddedServerError> {
  const found = yield* Effect.tryPromise({
    try: async () => {
      const version = await orAbsent(readFile(join(data, "PG_VERSION"), "utf8"))
      const entries = version === undefined ? ((await orAbsent(readdir(data))) ?? []) : []
      return { version: version?.trim(), entries }
    },
    catch: () => because(new DataOutOfReach({ data, user: user.name }))
  })
  if (found.version === undefined) {
    if (found.entries.length === 0) return false
    return yield* because(new DataUnusable({ data, detail: "it is not empty, but holds no PostgreSQL data" }))
  }
  if (found.version === major) return true
  return yield* because(new OtherPostgresMajor({ data, found: found.version, expected: major }))
})

const orAbsent = <A>(reading: Promise<A>): Promise<A | undefined> =>
  reading.catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return undefined
    throw cause
  })

/**
 * Data are created beside their place and renamed, so that data with the final name are complete. The name is another
 * one every time, because an initdb of a start that was killed may still be at work.
 */
export const unfinishedName = (data: string): string => `${data}${unfinishedMark}${randomBytes(4).toString("hex")}`

/** Removes what starts that were cut short have left beside the data. */
export const removeUnfinished = async (data: string) => {
  const folder = dirname(data)
  for (const entry of (await orAbsent(readdir(folder))) ?? []) {
    const path = join(folder, entry)
    if (path.startsWith(`${data}${unfinishedMark}`)) await rm(path, { recursive: true, force: true })
  }
}

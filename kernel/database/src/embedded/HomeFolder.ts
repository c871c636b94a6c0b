import { randomBytes } from "node:crypto"
import { lstat, mkdir, realpath, rm, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { Effect } from "effect"
import { because, type EmbeddedServerError, HomeNotWritable } from "./EmbeddedServerError.ts"
import { accessing, errorCode, type FileOwner, ownerOf } from "./FileAccess.ts"

/** Valerix's folder on this machine, with the path of everything the embedded server keeps in it. */
export interface HomeFolder {
  readonly path: string
  readonly lock: string
  readonly holder: string
  readonly credentials: string
  readonly data: string
  readonly log: string
  /** To whom new files are given; only set when root works in it. */
  readonly owner: FileOwner | undefined
}

/** Passable but not readable for others: as root, PostgreSQL's user has to get through to its data. */
const homeMode = 0o711

/**
 * Opens the folder, creating it where it is absent, and proves by writing that it can be written to. The path is made
 * real, so that two ways to name a folder are one. Fails with `HomeNotWritable`.
 */
export const openHome = Effect.fn("EmbeddedServer.openHome")(function* (
  home: string
): Effect.fn.Return<HomeFolder, EmbeddedServerError> {
  return yield* Effect.tryPromise({
    try: async () => {
      await makeFolder(resolve(home))
      const path = await realpath(home)
      const probe = join(path, `.writable-${randomBytes(6).toString("hex")}`)
      await writeFile(probe, "", { flag: "wx" })
      await rm(probe)
      return homeAt(path, await ownerOf(path))
    },
    catch: (cause) => because(new HomeNotWritable({ home: resolve(home), detail: errorCode(cause) }))
  })
})

/**
 * Creates a folder and those above it. Node.js can do that itself, but tries forever where a folder is there in which
 * none can be made and the system answers that it is not there, as it does below /proc and some automatic mounts.
 */
const makeFolder = async (path: string): Promise<void> => {
  const isMade = await mkdir(path, { mode: homeMode }).then(
    () => true,
    async (cause: unknown) => {
      if (errorCode(cause) === "EEXIST") return true
      if (errorCode(cause) === "ENOENT" && (await lstat(dirname(path)).catch(() => undefined)) === undefined)
        return false
      throw cause
    }
  )
  if (isMade) return
  await makeFolder(dirname(path))
  await mkdir(path, { mode: homeMode }).catch((cause: unknown) => {
    // Another start may be making the same folder.
    if (errorCode(cause) !== "EEXIST") throw cause
  })
}

/** Finds the folder without changing anything in it; `undefined` when it does not exist. */
export const findHome = Effect.fn("EmbeddedServer.findHome")(function* (
  home: string
): Effect.fn.Return<HomeFolder | undefined, EmbeddedServerError> {
  return yield* accessing("look at", resolve(home), async () => {
    const path = await realpath(home).catch((cause: unknown) => {
      if (errorCode(cause) === "ENOENT") return undefined
      throw cause
    })
    return path === undefined ? undefined : homeAt(path, await ownerOf(path))
  })
})

const homeAt = (path: string, owner: FileOwner | undefined): HomeFolder => ({
  path,
  lock: join(path, "lock"),
  holder: join(path, "pid"),
  credentials: join(path, "credentials.json"),
  data: join(path, "postgres"),
  log: join(path, "postgres.log"),
  owner
})

import { lstat, readdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { dataBehind, removeUnfinished } from "./DataPlacement.ts"
import { because, DataUnusable, type EmbeddedServerError } from "./EmbeddedServerError.ts"
import { accessing, errorCode } from "./FileAccess.ts"
import { openHome } from "./HomeFolder.ts"
import { lockData, lockHome } from "./HomeLock.ts"
import { stopLeftoverServer } from "./LeftoverServer.ts"
import { removeSocketDirectory } from "./ServerEndpoint.ts"

/**
 * Drops everything that the embedded server keeps for a home folder: data, passwords and log. A folder that does not
 * exist is left so. Fails with `HomeInUse` while a Valerix uses it.
 */
export const reset = Effect.fn("EmbeddedServer.reset")(function* (options: {
  readonly home: string
}): Effect.fn.Return<void, EmbeddedServerError> {
  const present = yield* accessing("look at", options.home, () => exists(options.home))
  if (present) yield* Effect.scoped(drop(options.home))
})

const drop = Effect.fnUntraced(function* (path: string) {
  const home = yield* openHome(path)
  yield* lockHome(home)
  const data = yield* accessing("follow", home.data, () => dataBehind(home))
  if (data !== home.data) yield* lockData(home, data)
  const entries = yield* accessing("list", data, () => entriesOf(data))
  if (entries.length > 0 && !entries.includes("PG_VERSION")) {
    return yield* because(new DataUnusable({ data, detail: "it holds no PostgreSQL data and is left as it is" }))
  }
  yield* stopLeftoverServer(data)
  yield* accessing("remove", home.path, async () => {
    // Renamed first: data that are partly removed must never look like data.
    const dropped = `${data}.dropped`
    await rm(dropped, { recursive: true, force: true })
    if (await exists(data)) await rename(data, dropped)
    await removeUnfinished(data)
    await removeSocketDirectory(home)
    const remains = [dropped, home.data, home.credentials, home.log, `${home.log}.1`]
    for (const path of remains) await rm(path, { recursive: true, force: true })
    for (const entry of await readdir(home.path)) {
      if (entry.startsWith("postgresql-")) await rm(join(home.path, entry), { recursive: true, force: true })
    }
  })
})

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (cause: unknown) => {
      if (errorCode(cause) === "ENOENT") return false
      throw cause
    }
  )

const entriesOf = (path: string): Promise<ReadonlyArray<string>> =>
  readdir(path).catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return []
    throw cause
  })

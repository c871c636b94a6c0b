import { readFile, rm } from "node:fs/promises"
import type { DatabaseSync } from "node:sqlite"
import { Effect, Predicate, Schedule, type Scope } from "effect"
import { because, type EmbeddedServerError, HomeInUse, HomeNotWritable } from "./EmbeddedServerError.ts"
import { giveTo, writeDurably } from "./FileAccess.ts"
import type { HomeFolder } from "./HomeFolder.ts"
import { isAlive } from "./ProcessSignal.ts"

/**
 * SQLite holds the lock because its file locks are race-free, know other connections of the same process, and are
 * released by the operating system however the process dies. The file stays empty: the open transaction is the lock.
 *
 * Nothing else may open this file: closing any descriptor of it would drop the process's POSIX locks.
 */
const lock = (path: string): DatabaseSync => {
  const { DatabaseSync } = sqlite()
  const database = new DatabaseSync(path, { timeout: raceSettlingMs })
  try {
    // Nothing is ever written, so there is nothing for a journal file to keep.
    database.exec("PRAGMA journal_mode = MEMORY")
    database.exec("BEGIN EXCLUSIVE")
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

/** Two that begin at the same moment make each other step back; the wait lets one of them win. */
const raceSettlingMs = 250
const sqliteBusy = 5

/** Loads SQLite without the one warning that Node.js prints about its age; every other warning passes. */
const sqlite = () => {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: ReadonlyArray<unknown>) => {
    if (/SQLite is an experimental feature/.test(String(warning))) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return process.getBuiltinModule("node:sqlite")
  } finally {
    process.emitWarning = emitWarning
  }
}

/** The holder writes its id right after it has the lock, so an answer may take a moment; without one the name is left out. */
const readHolder = (home: HomeFolder): Effect.Effect<number | undefined> =>
  Effect.tryPromise(async () => {
    const processId = Number(await readFile(home.holder, "utf8"))
    if (!Number.isInteger(processId) || !isAlive(processId)) throw new Error("No living holder is named.")
    return processId
  }).pipe(
    Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 10 }),
    Effect.orElseSucceed(() => undefined)
  )

const acquire = (home: HomeFolder, path: string): Effect.Effect<DatabaseSync, EmbeddedServerError> =>
  Effect.try({
    try: () => lock(path),
    catch: (cause) => cause
  }).pipe(
    Effect.catch((cause) =>
      Predicate.hasProperty(cause, "errcode") && cause.errcode === sqliteBusy
        ? Effect.flatMap(readHolder(home), (processId) =>
            Effect.fail(because(new HomeInUse({ home: home.path, ...(processId === undefined ? {} : { processId }) })))
          )
        : Effect.fail(because(new HomeNotWritable({ home: home.path, detail: `its lock: ${String(cause)}` })))
    )
  )

const holding = (home: HomeFolder, path: string) =>
  Effect.acquireRelease(acquire(home, path), (database) => Effect.sync(() => database.close()))

/**
 * Makes this process the only user of the folder until the scope closes or the process dies. Fails with `HomeInUse`,
 * which names the process that holds it.
 */
export const lockHome = Effect.fn("EmbeddedServer.lockHome")(function* (
  home: HomeFolder
): Effect.fn.Return<void, EmbeddedServerError, Scope.Scope> {
  yield* holding(home, home.lock)
  yield* Effect.ignore(Effect.tryPromise(() => giveTo(home.lock, home.owner)))
  yield* Effect.acquireRelease(
    Effect.ignore(Effect.tryPromise(() => writeDurably(home.holder, `${process.pid}\n`, 0o644, home.owner))),
    () => Effect.ignore(Effect.tryPromise(() => rm(home.holder, { force: true })))
  )
})

/**
 * Locks data that lie outside the folder as well: a copied folder carries a link to the data of the original, and two
 * servers must never share data.
 */
export const lockData = Effect.fn("EmbeddedServer.lockData")(function* (
  home: HomeFolder,
  data: string
): Effect.fn.Return<void, EmbeddedServerError, Scope.Scope> {
  yield* holding(home, `${data}.lock`)
})

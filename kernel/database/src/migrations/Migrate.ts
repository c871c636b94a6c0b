import { basename } from "node:path"
import { Effect, Result } from "effect"
import type Postgrator from "postgrator"
import type { DatabaseConnection } from "../embedded/DatabaseConnection.ts"
import { type PostgresSession, SessionFailed } from "../embedded/PostgresSession.ts"
import { connect, currentVersion, failWhenChanged, failWhenNewer, readApplied } from "./AppliedMigrations.ts"
import {
  type DatabaseUnreachable,
  type InvalidMigrationDirectory,
  type MigrationChanged,
  MigrationFailed,
  MigrationsBusy,
  type SchemaNewerThanCode,
  UnknownMigrationTarget
} from "./MigrationErrors.ts"
import {
  bookkeepingTable,
  type MigrationFiles,
  type MigrationName,
  postgratorFor,
  readMigrations
} from "./MigrationFiles.ts"

export interface MigrateOptions {
  /** The folder with `0001.do.<name>.sql` and `0001.undo.<name>.sql`. */
  readonly directory: string
  /** The login that owns the database. */
  readonly connection: DatabaseConnection
  /** The version to go to, up or down; 0 takes everything away. */
  readonly to: "latest" | number
  /** How long to wait for another process that is migrating; 60 s unless told. */
  readonly waitMs?: number
}

export interface AppliedStep extends MigrationName {
  readonly direction: "up" | "down"
}

export type MigrateError =
  | InvalidMigrationDirectory
  | UnknownMigrationTarget
  | DatabaseUnreachable
  | MigrationsBusy
  | SchemaNewerThanCode
  | MigrationChanged
  | MigrationFailed

const waitDefaultMs = 60_000

/** One number for all Valerix databases: advisory locks are per database. */
const lockKey = "7236283450912837645"
const lockNotAvailable = "55P03"

/** A migration waits for locks only so long, because everybody else waits behind it. */
const limits = "SET TIME ZONE 'UTC'; SET lock_timeout = '20s'; SET statement_timeout = '15min'"

const createBookkeeping = `
  BEGIN;
  CREATE TABLE IF NOT EXISTS ${bookkeepingTable} (
    version bigint PRIMARY KEY, name text, md5 text, run_at timestamptz
  );
  INSERT INTO ${bookkeepingTable} (version) VALUES (0) ON CONFLICT DO NOTHING;
  GRANT SELECT ON ${bookkeepingTable} TO PUBLIC;
  COMMIT`

/**
 * Brings a database to a version and gives what it did for that, in order; nothing when the database was there already.
 * Each migration is one transaction together with its entry in the book. Of several processes at once, one migrates
 * and the others wait for it. Before anything runs, the files are checked as a whole, and a database that is newer than
 * the files, or was migrated with other content, is refused (on the way down the content is not looked at).
 */
export const migrate = Effect.fn("migrate")(function* (
  options: MigrateOptions
): Effect.fn.Return<ReadonlyArray<AppliedStep>, MigrateError> {
  const files = yield* readMigrations(options.directory)
  const target = options.to === "latest" ? files.latest : options.to
  if (!Number.isInteger(target) || target < 0 || target > files.latest) {
    return yield* new UnknownMigrationTarget({ target, latest: files.latest })
  }
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const session = yield* connect(options.connection)
      yield* waitForTurn(session, options.connection.database, options.waitMs ?? waitDefaultMs)
      yield* Effect.orDie(session.run(limits))
      return yield* migrateAlone(session, options.connection.database, files, target)
    })
  )
})

/** The lock belongs to the session, so it ends with the connection, whatever happens to this process. */
const waitForTurn = (session: PostgresSession, database: string, waitMs: number) =>
  session
    .run(`SET statement_timeout = 0; SET lock_timeout = ${Math.round(waitMs)}; SELECT pg_advisory_lock(${lockKey})`)
    .pipe(
      Effect.catch((error) =>
        error.code === lockNotAvailable
          ? Effect.fail(new MigrationsBusy({ database, waitedMs: waitMs }))
          : Effect.die(error)
      )
    )

const migrateAlone = Effect.fnUntraced(function* (
  session: PostgresSession,
  database: string,
  files: MigrationFiles,
  target: number
) {
  const applied = yield* readApplied(session)
  const current = currentVersion(applied)
  yield* failWhenNewer(database, files, applied)
  if (target >= current) yield* failWhenChanged(database, files, applied)
  if (target === current) return []
  if (applied.length === 0) yield* Effect.orDie(session.run(createBookkeeping))
  const postgrator = postgratorFor(files.directory, {
    execQuery: session.query,
    execSqlScript: (sql) => runScript(session, sql)
  })
  yield* Effect.promise(() => postgrator.getMigrations())
  const steps: Array<AppliedStep> = []
  for (const migration of postgrator.getRunnableMigrations(current, target)) {
    yield* runInTransaction(session, postgrator, migration, steps)
    const direction = migration.action === "do" ? "up" : "down"
    steps.push({ version: migration.version, name: migration.name, direction })
  }
  return steps
})

/** A file that ended the transaction itself would be neither undone on failure nor recorded with its changes. */
const runScript = async (session: PostgresSession, sql: string): Promise<void> => {
  const transaction = async () => JSON.stringify((await session.query("SELECT pg_current_xact_id()::text")).rows)
  const before = await transaction()
  await session.query(sql)
  if ((await transaction()) !== before) throw new Error("The file ends its transaction; leave out BEGIN and COMMIT.")
}

const runInTransaction = Effect.fnUntraced(function* (
  session: PostgresSession,
  postgrator: Postgrator,
  migration: Postgrator.Migration,
  applied: ReadonlyArray<AppliedStep>
) {
  const outcome = yield* Effect.result(
    Effect.tryPromise({
      try: async () => {
        await session.query("BEGIN")
        await postgrator.runMigrations([migration])
        await session.query("COMMIT")
      },
      catch: (cause) => cause
    })
  )
  if (Result.isSuccess(outcome)) return
  yield* Effect.ignore(session.run("ROLLBACK"))
  const cause = outcome.failure
  const position = cause instanceof SessionFailed ? cause.position : undefined
  return yield* new MigrationFailed({
    file: basename(migration.filename),
    ...(position === undefined ? {} : { line: lineAt(migration.getSql(), position) }),
    detail: cause instanceof Error ? cause.message : String(cause),
    applied: applied.map(({ version, name }) => ({ version, name }))
  })
})

const lineAt = (text: string, position: number): number =>
  [...text].slice(0, position - 1).filter((c) => c === "\n").length + 1

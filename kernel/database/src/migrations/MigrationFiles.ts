import { readdir } from "node:fs/promises"
import { Effect } from "effect"
import Postgrator from "postgrator"
import { errorCode } from "../embedded/FileAccess.ts"
import { InvalidMigrationDirectory } from "./MigrationErrors.ts"

/** The table in which a database keeps what was applied to it. */
export const bookkeepingTable = "public.schema_migrations"

export interface MigrationName {
  readonly version: number
  readonly name: string
}

/** The migrations of a directory, known to be gapless pairs. */
export interface MigrationFiles {
  readonly directory: string
  readonly latest: number
  readonly up: ReadonlyArray<Postgrator.Migration>
}

export interface ScriptRunner {
  readonly execQuery: (sql: string) => Promise<{ rows: Array<unknown> }>
  readonly execSqlScript: (sql: string) => Promise<void>
}

const fileName = /^(\d{4})\.(do|undo)\.([a-z0-9_]+)\.sql$/

/** A directory's name may hold what a pattern would read as a wildcard. */
const literally = (path: string) => path.replaceAll("\\", "/").replace(/[?*()[\]{}!+@]/g, "[$&]")

/** Postgrator reads the files, knows their order and checksums, and keeps the book; when to run what is decided here. */
export const postgratorFor = (directory: string, runner?: ScriptRunner): Postgrator =>
  new Postgrator({
    driver: "pg",
    schemaTable: bookkeepingTable,
    migrationPattern: `${literally(directory)}/*.sql`,
    // A checkout with other line endings is the same migration.
    newline: "LF",
    ...runner
  })

const problemsOf = (names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const byVersion = new Map<number, Array<{ readonly action: string; readonly name: string }>>()
  for (const file of names) {
    const [, version, action, name] = fileName.exec(file) ?? []
    if (version === undefined || action === undefined || name === undefined) problems.push(`${file} is named otherwise`)
    else byVersion.set(Number(version), [...(byVersion.get(Number(version)) ?? []), { action, name }])
  }
  if (byVersion.size === 0) problems.push("there are none")
  const versions = [...byVersion.keys()].sort((a, b) => a - b)
  versions.forEach((version, index) => {
    if (version !== index + 1) problems.push(`number ${version} stands where ${index + 1} belongs`)
    const files = byVersion.get(version) ?? []
    for (const action of ["do", "undo"]) {
      const count = files.filter((file) => file.action === action).length
      if (count !== 1) problems.push(`number ${version} has ${count} files to ${action} it`)
    }
    if (new Set(files.map(({ name }) => name)).size > 1) problems.push(`number ${version} has two names`)
  })
  return problems
}

/** Reads a directory of migrations. Fails with `InvalidMigrationDirectory`, which names everything that is wrong at once. */
export const readMigrations = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<MigrationFiles, InvalidMigrationDirectory> {
  const invalid = (problems: ReadonlyArray<string>) => new InvalidMigrationDirectory({ directory, problems })
  const names = yield* Effect.tryPromise({
    try: () => readdir(directory),
    catch: (cause) => invalid([`it cannot be read (${errorCode(cause)})`])
  })
  const problems = problemsOf(names.filter((name) => name.endsWith(".sql")).sort())
  if (problems.length > 0) return yield* invalid(problems)
  const migrations = yield* Effect.promise(() => postgratorFor(directory).getMigrations())
  const up = migrations.filter(({ action }) => action === "do").sort((a, b) => a.version - b.version)
  return { directory, latest: up.length, up }
})

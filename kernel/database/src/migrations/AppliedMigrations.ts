import { Effect, Schema, type Scope } from "effect"
import type { DatabaseConnection } from "../embedded/DatabaseConnection.ts"
import { openSession, type PostgresSession } from "../embedded/PostgresSession.ts"
import { DatabaseUnreachable, MigrationChanged, SchemaNewerThanCode } from "./MigrationErrors.ts"
import { bookkeepingTable, type MigrationFiles, type MigrationName } from "./MigrationFiles.ts"

const applicationName = "valerix migrations"

const AppliedMigration = Schema.Struct({
  version: Schema.NumberFromString,
  name: Schema.NullOr(Schema.String),
  md5: Schema.NullOr(Schema.String)
})
export type AppliedMigration = typeof AppliedMigration.Type

const Presence = Schema.Tuple([Schema.Struct({ present: Schema.Boolean })])

/** Opens a connection; everything that breaks on it later is a defect, because nobody could do anything else about it. */
export const connect = (
  connection: DatabaseConnection
): Effect.Effect<PostgresSession, DatabaseUnreachable, Scope.Scope> =>
  openSession(connection, applicationName).pipe(
    Effect.mapError(
      ({ detail }) =>
        new DatabaseUnreachable({
          host: connection.host,
          port: connection.port,
          database: connection.database,
          detail
        })
    )
  )

/** What was applied to the database, in order; nothing when it was never migrated. */
export const readApplied = Effect.fnUntraced(function* (session: PostgresSession) {
  const presence = yield* session.run("SELECT to_regclass($1) IS NOT NULL AS present", [bookkeepingTable])
  const [{ present }] = yield* Schema.decodeUnknownEffect(Presence)(presence)
  if (!present) return []
  const rows = yield* session.run(
    `SELECT version, name, md5 FROM ${bookkeepingTable} WHERE version > 0 ORDER BY version`
  )
  return yield* Schema.decodeUnknownEffect(Schema.Array(AppliedMigration))(rows)
}, Effect.orDie)

export const currentVersion = (applied: ReadonlyArray<AppliedMigration>): number => applied.at(-1)?.version ?? 0

/** Applied migrations whose file has another content now. */
export const changedMigrations = (
  files: MigrationFiles,
  applied: ReadonlyArray<AppliedMigration>
): ReadonlyArray<MigrationName> => {
  const checksums = new Map(applied.map(({ version, md5 }) => [version, md5]))
  return files.up
    .filter(({ version, md5 }) => checksums.has(version) && checksums.get(version) !== md5)
    .map(({ version, name }) => ({ version, name }))
}

export const failWhenNewer = (
  database: string,
  files: MigrationFiles,
  applied: ReadonlyArray<AppliedMigration>
): Effect.Effect<void, SchemaNewerThanCode> => {
  const schemaVersion = currentVersion(applied)
  return schemaVersion > files.latest
    ? Effect.fail(new SchemaNewerThanCode({ database, schemaVersion, codeVersion: files.latest }))
    : Effect.void
}

export const failWhenChanged = (
  database: string,
  files: MigrationFiles,
  applied: ReadonlyArray<AppliedMigration>
): Effect.Effect<void, MigrationChanged> => {
  const changed = changedMigrations(files, applied)
  return changed.length > 0 ? Effect.fail(new MigrationChanged({ database, changed })) : Effect.void
}

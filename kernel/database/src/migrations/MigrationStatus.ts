import { Effect } from "effect"
import type { DatabaseConnection } from "../embedded/DatabaseConnection.ts"
import {
  changedMigrations,
  connect,
  currentVersion,
  failWhenChanged,
  failWhenNewer,
  readApplied
} from "./AppliedMigrations.ts"
import type {
  DatabaseUnreachable,
  InvalidMigrationDirectory,
  MigrationChanged,
  SchemaNewerThanCode
} from "./MigrationErrors.ts"
import { type MigrationName, readMigrations } from "./MigrationFiles.ts"

export interface MigrationsOf {
  readonly directory: string
  /** The owner or the service: both may read the book. */
  readonly connection: DatabaseConnection
}

export interface MigrationStatus {
  /** The version that the database has; 0 when it was never migrated. */
  readonly current: number
  /** The version that the files lead to. */
  readonly latest: number
  readonly pending: ReadonlyArray<MigrationName>
  /** Applied migrations whose file was edited since. */
  readonly changed: ReadonlyArray<MigrationName>
}

const read = Effect.fnUntraced(function* ({ directory, connection }: MigrationsOf) {
  const files = yield* readMigrations(directory)
  const applied = yield* Effect.scoped(Effect.flatMap(connect(connection), readApplied))
  return { files, applied }
})

/** Compares a database with the migration files. Changes nothing. */
export const status = Effect.fn("migrations.status")(function* (
  of: MigrationsOf
): Effect.fn.Return<MigrationStatus, InvalidMigrationDirectory | DatabaseUnreachable> {
  const { files, applied } = yield* read(of)
  const current = currentVersion(applied)
  return {
    current,
    latest: files.latest,
    pending: files.up.filter(({ version }) => version > current).map(({ version, name }) => ({ version, name })),
    changed: changedMigrations(files, applied)
  }
})

/**
 * Fails with `SchemaNewerThanCode` when the database has a version that the files do not lead to, and with
 * `MigrationChanged` when what it has was made by other content. Migrations that are pending are no failure.
 */
export const assertSchemaKnown = Effect.fn("migrations.assertSchemaKnown")(function* (
  of: MigrationsOf
): Effect.fn.Return<void, InvalidMigrationDirectory | DatabaseUnreachable | SchemaNewerThanCode | MigrationChanged> {
  const { files, applied } = yield* read(of)
  yield* failWhenNewer(of.connection.database, files, applied)
  yield* failWhenChanged(of.connection.database, files, applied)
})

import { Schema } from "effect"

const Named = Schema.Struct({ version: Schema.Int, name: Schema.String })

const listed = (migrations: ReadonlyArray<typeof Named.Type>) =>
  migrations.map(({ version, name }) => `${version} (${name})`).join(", ")

/** The files are not a gapless sequence of pairs. Nothing was run. */
export class InvalidMigrationDirectory extends Schema.TaggedError<InvalidMigrationDirectory>()(
  "InvalidMigrationDirectory",
  { directory: Schema.String, problems: Schema.Array(Schema.String) }
) {
  override get message(): string {
    return `The migrations in ${this.directory} cannot be used: ${this.problems.join("; ")}. Expected are pairs 0001.do.create_products.sql and 0001.undo.create_products.sql, numbered from 1 without a gap.`
  }
}

/** There is no such version to migrate to. Nothing was run. */
export class UnknownMigrationTarget extends Schema.TaggedError<UnknownMigrationTarget>()("UnknownMigrationTarget", {
  target: Schema.Finite,
  latest: Schema.Int
}) {
  override get message(): string {
    return `There is no schema version ${this.target}: versions go from 0 (empty) to ${this.latest}.`
  }
}

/** Another process has been migrating this database all the time. Nothing was run. */
export class MigrationsBusy extends Schema.TaggedError<MigrationsBusy>()("MigrationsBusy", {
  database: Schema.String,
  waitedMs: Schema.Int
}) {
  override get message(): string {
    return `Another process has been migrating the database ${this.database} for more than ${this.waitedMs} ms. Look at it, then start again.`
  }
}

/** The database refused a migration, which was rolled back as a whole; those before it, in `applied`, are kept. */
export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", {
  file: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  detail: Schema.String,
  applied: Schema.Array(Named)
}) {
  override get message(): string {
    const place = this.line === undefined ? this.file : `${this.file}:${this.line}`
    return `Migration ${place} failed and was rolled back: ${this.detail}`
  }
}

/** The database was migrated by a newer Valerix, whose changes this one does not know. */
export class SchemaNewerThanCode extends Schema.TaggedError<SchemaNewerThanCode>()("SchemaNewerThanCode", {
  database: Schema.String,
  schemaVersion: Schema.Int,
  codeVersion: Schema.Int
}) {
  override get message(): string {
    return `The database ${this.database} has schema version ${this.schemaVersion}, this Valerix knows only ${this.codeVersion}. Run the Valerix that migrated it, or a newer one.`
  }
}

/** Migrations that were applied have another content now, so database and code no longer agree on what they did. */
export class MigrationChanged extends Schema.TaggedError<MigrationChanged>()("MigrationChanged", {
  database: Schema.String,
  changed: Schema.Array(Named)
}) {
  override get message(): string {
    return `Migrations that the database ${this.database} has already applied were edited: ${listed(this.changed)}. Restore them and put the change into a new migration.`
  }
}

/** The database cannot be reached, or does not let this login in. */
export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  host: Schema.String,
  port: Schema.Int,
  database: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The database ${this.database} at ${this.host}, port ${this.port}, cannot be reached: ${this.detail}`
  }
}

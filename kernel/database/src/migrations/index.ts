export { compareSchemas, describeSchema, type SchemaDifference } from "./DescribeSchema.ts"
export { type AppliedStep, type MigrateError, type MigrateOptions, migrate } from "./Migrate.ts"
export {
  DatabaseUnreachable,
  InvalidMigrationDirectory,
  MigrationChanged,
  MigrationFailed,
  MigrationsBusy,
  SchemaNewerThanCode,
  UnknownMigrationTarget
} from "./MigrationErrors.ts"
export type { MigrationName } from "./MigrationFiles.ts"
export { assertSchemaKnown, type MigrationStatus, type MigrationsOf, status } from "./MigrationStatus.ts"

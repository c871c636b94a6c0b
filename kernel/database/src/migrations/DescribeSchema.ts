import { Effect, Schema } from "effect"
import type { DatabaseConnection } from "../embedded/DatabaseConnection.ts"
import { connect } from "./AppliedMigrations.ts"
import type { DatabaseUnreachable } from "./MigrationErrors.ts"
import { schemaQueries } from "./SchemaQueries.ts"

const Lines = Schema.Array(Schema.Struct({ line: Schema.String }))
const bookkeeping = /\bschema_migrations(_pkey|_version_not_null)?\b/

/**
 * Describes everything that migrations make in a database, one line per thing, sorted: schemas, tables, columns,
 * constraints, indexes, views, sequences, types, functions, triggers, row-level security and its policies, owners,
 * grants, comments, extensions. Two databases with the same description have the same schema. The book of migrations
 * is left out, and so are rows.
 */
export const describeSchema = Effect.fn("describeSchema")(function* (
  connection: DatabaseConnection
): Effect.fn.Return<ReadonlyArray<string>, DatabaseUnreachable> {
  const lines = yield* Effect.scoped(
    Effect.gen(function* () {
      const session = yield* connect(connection)
      // Without a search path every name is printed with its schema.
      yield* Effect.orDie(session.run("SET search_path = ''"))
      return yield* Effect.forEach(schemaQueries, (query) =>
        Effect.orDie(Effect.flatMap(session.run(query), Schema.decodeUnknownEffect(Lines)))
      )
    })
  )
  return lines
    .flat()
    .map(({ line }) => line)
    .filter((line) => !bookkeeping.test(line))
    .sort()
})

export interface SchemaDifference {
  readonly missing: ReadonlyArray<string>
  readonly added: ReadonlyArray<string>
}

/** What a second description lacks and what it has more; both empty when the schemas are the same. */
export const compareSchemas = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): SchemaDifference => {
  const [inBefore, inAfter] = [new Set(before), new Set(after)]
  return {
    missing: before.filter((line) => !inAfter.has(line)),
    added: after.filter((line) => !inBefore.has(line))
  }
}

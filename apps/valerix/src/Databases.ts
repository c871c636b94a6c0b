import { fileURLToPath } from "node:url"
import { layerPgClient, TenantDatabase } from "@valerix/database"
import { type DatabaseConnection, EmbeddedServer, type EmbeddedServerError } from "@valerix/database/embedded"
import { assertSchemaKnown, migrate, status } from "@valerix/database/migrations"
import { Data, Effect, Layer, type Scope } from "effect"
import type { Configuration } from "./Configuration.ts"
import { DATABASES, type DatabaseName } from "./DatabaseNames.ts"
import { assertLoginIsHarmless } from "./LoginCheck.ts"
import { migrationsOf } from "./Migrations.ts"

const CONNECTIONS_PER_DATABASE_MAX = 10

export interface Databases {
  readonly connection: (name: DatabaseName) => DatabaseConnection
  /** The owner's login; none for an external database whose owner is not configured. */
  readonly owner: (name: DatabaseName) => DatabaseConnection | undefined
  /** Fails when the embedded server cannot be kept running. */
  readonly lost: Effect.Effect<never, EmbeddedServerError>
}

/** Opens the databases: the external ones where they are configured, the embedded server for the others. */
export const openDatabases = Effect.fn("openDatabases")(function* (
  configuration: Configuration,
  names: ReadonlyArray<DatabaseName>
): Effect.fn.Return<Databases, EmbeddedServerError, Scope.Scope> {
  const embedded = names.some((name) => !configuration.external.has(name))
    ? yield* EmbeddedServer.start({ home: configuration.home, services: DATABASES })
    : undefined
  const embeddedConnection = (name: DatabaseName, role: "owner" | "service") => {
    if (embedded === undefined) throw new Error(`The database of ${name} was not opened`)
    return embedded.connection(name, role)
  }
  return {
    connection: (name) => configuration.external.get(name)?.service ?? embeddedConnection(name, "service"),
    owner: (name) => {
      const external = configuration.external.get(name)
      return external === undefined ? embeddedConnection(name, "owner") : external.owner
    },
    lost: embedded?.lost ?? Effect.never
  }
})

/**
 * Makes the schema of each database the one that this program knows: applies what is missing where the owner's login is
 * at hand, and otherwise insists that nothing is. A schema that is newer than the program is refused.
 */
export const prepareSchemas = (databases: Databases, names: ReadonlyArray<DatabaseName>) =>
  Effect.forEach(
    names,
    Effect.fnUntraced(function* (name) {
      const directory = fileURLToPath(migrationsOf(name))
      const owner = databases.owner(name)
      if (owner !== undefined) yield* migrate({ directory, connection: owner, to: "latest" })
      else yield* assertSchemaCurrent(name, directory, databases.connection(name))
      yield* assertLoginIsHarmless(name, databases.connection(name))
    }),
    { concurrency: names.length, discard: true }
  )

/** Migrations are missing, and the login that could apply them is not configured. */
export class SchemaBehind extends Data.TaggedError("SchemaBehind")<{ readonly database: DatabaseName }> {
  override get message(): string {
    const variable = `DATABASE_OWNER_URL_${this.database.toUpperCase()}`
    return `The database of ${this.database} is older than this program. Run \`valerix migrate up\` with ${variable} set to the login that owns it.`
  }
}

const assertSchemaCurrent = Effect.fnUntraced(function* (
  database: DatabaseName,
  directory: string,
  connection: DatabaseConnection
) {
  yield* assertSchemaKnown({ directory, connection })
  const { pending } = yield* status({ directory, connection })
  if (pending.length > 0) return yield* new SchemaBehind({ database })
})

/**
 * A service's database as its own login. Fresh, because layers are built once per program: without it every service
 * would be given the database that was built first.
 */
export const layerDatabase = (databases: Databases, name: DatabaseName): Layer.Layer<TenantDatabase> =>
  Layer.fresh(TenantDatabase.layer).pipe(
    Layer.provide(
      layerPgClient(databases.connection(name), {
        applicationName: `valerix ${name}`,
        maxConnections: CONNECTIONS_PER_DATABASE_MAX
      })
    )
  )

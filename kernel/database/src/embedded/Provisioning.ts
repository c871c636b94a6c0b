import { Effect, Schema } from "effect"
import type { Credentials } from "./Credentials.ts"
import type { DatabaseConnection } from "./DatabaseConnection.ts"
import { because, type EmbeddedServerError, ProvisioningFailed } from "./EmbeddedServerError.ts"
import { openSession, type PostgresSession, type SessionFailed } from "./PostgresSession.ts"
import { type Login, loginStatements, loginsOf, readLogins } from "./ProvisionLogins.ts"

const concurrentMax = 3
const applicationName = "valerix provisioning"
const ownDatabases = new Set(["postgres", "template1"])

const Database = Schema.Struct({
  name: Schema.String,
  owner: Schema.String,
  open_to_all: Schema.Boolean,
  allowed: Schema.Array(Schema.String)
})
type Database = typeof Database.Type

const PublicSchema = Schema.Tuple([
  Schema.Struct({ owner: Schema.String, open_to_all: Schema.Boolean, usable: Schema.Boolean })
])

/** Databases with their owners, whether PUBLIC has a privilege on them, and who was granted CONNECT by name. */
const readDatabases = `
  SELECT datname AS name, pg_get_userbyid(datdba) AS owner, bool_or(acl.grantee = 0) AS open_to_all,
    coalesce(array_agg(pg_get_userbyid(acl.grantee)::text)
      FILTER (WHERE acl.grantee <> 0 AND acl.privilege_type = 'CONNECT'), '{}') AS allowed
  FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) acl
  WHERE datname <> 'template0'
  GROUP BY pg_database.oid, datname, datdba`

const readPublicSchema = `
  SELECT pg_get_userbyid(nspowner) AS owner, bool_or(acl.grantee = 0) AS open_to_all,
    has_schema_privilege($1, 'public', 'USAGE') AS usable
  FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
  WHERE nspname = 'public'
  GROUP BY nspowner`

const failedOn = (database: string) => (cause: SessionFailed | Schema.SchemaError) =>
  because(new ProvisioningFailed({ database, detail: cause.message }))

/**
 * A failing statement is logged by the server with its text, and these hold password verifiers. A new database is
 * written to the write-ahead log as a whole, and compressing it would take longer than writing it.
 */
const sessionSettings = `
  SET log_min_error_statement = 'panic'; SET log_statement = 'none'; SET log_min_duration_statement = -1;
  SET wal_compression = off`

/**
 * Gives every service its database, the login that owns it, and the login that the service works with, and nobody else
 * a way in. Writes only what is not so yet, so that a start with nothing to do costs a few queries.
 * Fails with `ProvisioningFailed`.
 */
export const provision = Effect.fn("EmbeddedServer.provision")(function* (
  admin: DatabaseConnection,
  services: ReadonlyArray<string>,
  credentials: Credentials
): Effect.fn.Return<void, EmbeddedServerError> {
  yield* Effect.scoped(
    Effect.gen(function* () {
      const session = yield* openSession(admin, applicationName)
      yield* session.run(sessionSettings)
      yield* provisionLogins(
        session,
        services.flatMap((service) => loginsOf(service, credentials))
      )
      yield* provisionDatabases(session, services)
    })
  ).pipe(Effect.mapError(failedOn(admin.database)))
  yield* Effect.forEach(services, (service) => provisionSchema(admin, service), {
    concurrency: concurrentMax,
    discard: true
  })
})

const provisionLogins = Effect.fnUntraced(function* (session: PostgresSession, logins: ReadonlyArray<Login>) {
  const existing = yield* readLogins(session, logins)
  const statements = yield* Effect.forEach(
    logins,
    (login) => Effect.promise(() => loginStatements(login, existing.get(login.name))),
    { concurrency: "unbounded" }
  )
  const all = statements.flat()
  if (all.length > 0) yield* session.run(`BEGIN; ${all.join("; ")}; COMMIT`)
})

const provisionDatabases = Effect.fnUntraced(function* (session: PostgresSession, services: ReadonlyArray<string>) {
  const existing = yield* Schema.decodeUnknownEffect(Schema.Array(Database))(yield* session.run(readDatabases))
  const statements = [
    ...existing
      .filter(({ name, open_to_all }) => open_to_all && ownDatabases.has(name))
      .map(({ name }) => `REVOKE ALL ON DATABASE "${name}" FROM PUBLIC`),
    ...services.flatMap((service) =>
      databaseStatements(
        service,
        existing.find(({ name }) => name === service)
      )
    )
  ]
  // One by one, because a database cannot be created within a transaction.
  for (const statement of statements) yield* session.run(statement)
})

const databaseStatements = (service: string, existing: Database | undefined): ReadonlyArray<string> => {
  const owner = `${service}_owner`
  const statements: Array<string> = []
  if (existing === undefined) statements.push(`CREATE DATABASE "${service}" OWNER "${owner}"`)
  if (existing !== undefined && existing.owner !== owner) {
    statements.push(`ALTER DATABASE "${service}" OWNER TO "${owner}"`)
  }
  if (existing?.open_to_all !== false) statements.push(`REVOKE ALL ON DATABASE "${service}" FROM PUBLIC`)
  for (const login of [owner, `${service}_service`]) {
    if (existing?.allowed.includes(login) !== true) {
      statements.push(`GRANT CONNECT ON DATABASE "${service}" TO "${login}"`)
    }
  }
  return statements
}

const provisionSchema = (admin: DatabaseConnection, service: string): Effect.Effect<void, EmbeddedServerError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* openSession({ ...admin, database: service }, applicationName)
      const rows = yield* session.run(readPublicSchema, [`${service}_service`])
      const [schema] = yield* Schema.decodeUnknownEffect(PublicSchema)(rows)
      if (schema.owner === `${service}_owner` && !schema.open_to_all && schema.usable) return
      yield* session.run(
        `BEGIN; ALTER SCHEMA public OWNER TO "${service}_owner"; REVOKE ALL ON SCHEMA public FROM PUBLIC; ` +
          `GRANT USAGE ON SCHEMA public TO "${service}_service"; COMMIT`
      )
    })
  ).pipe(Effect.mapError(failedOn(service)))

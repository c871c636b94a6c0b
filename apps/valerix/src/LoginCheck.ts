import { PgClient } from "@effect/sql-pg"
import { layerPgClient, loginRights } from "@valerix/database"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { DatabaseUnreachable } from "@valerix/database/migrations"
import { Data, Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { DatabaseName } from "./DatabaseNames.ts"

/** The login of a service can do more than the service may, or less than it needs. */
export class LoginUnsuitable extends Data.TaggedError("LoginUnsuitable")<{
  readonly database: DatabaseName
  readonly why: string
}> {
  override get message(): string {
    return `The login of DATABASE_URL_${this.database.toUpperCase()} ${this.why}. Use one that is a member of ${this.database}_service, owns nothing, and neither is a superuser nor bypasses row-level security.`
  }
}

/** The server of a database lacks what the migrations and statements are written in. */
export class ServerTooOld extends Data.TaggedError("ServerTooOld")<{
  readonly database: DatabaseName
  readonly version: string
}> {
  override get message(): string {
    return `The server of DATABASE_URL_${this.database.toUpperCase()} is PostgreSQL ${this.version}. Valerix needs PostgreSQL ${SERVER_LEAST_MAJOR} or later.`
  }
}

const SERVER_LEAST_MAJOR = 15

const decodeServer = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ number: Schema.NumberFromString, version: Schema.String })])
)
const decodeLogin = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ serves: Schema.Boolean })]))

const unreachable =
  ({ host, port, database }: DatabaseConnection) =>
  (error: SqlError.SqlError): Effect.Effect<never, DatabaseUnreachable> => {
    const { reason } = error
    if (reason._tag !== "ConnectionError" && reason._tag !== "AuthenticationError") return Effect.die(error)
    const detail = reason.cause instanceof Error ? reason.cause.message : error.message
    return Effect.fail(new DatabaseUnreachable({ host, port, database, detail }))
  }

/**
 * Refuses a service login that row-level security does not bind, also where it could only become one that is not bound,
 * and one that has not the rights of the service. Fails with `LoginUnsuitable`, `ServerTooOld` or `DatabaseUnreachable`.
 */
export const assertLoginSuits = (database: DatabaseName, connection: DatabaseConnection) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const servers = yield* sql`
      SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version`
    const [server] = yield* Effect.orDie(decodeServer(servers))
    if (server.number < SERVER_LEAST_MAJOR * 10_000) {
      return yield* new ServerTooOld({ database, version: server.version })
    }
    const { bypasses, owns } = yield* loginRights(sql)
    const rows = yield* sql`
      SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ${`${database}_service`} AND pg_has_role(oid, 'USAGE')) AS serves`
    const [{ serves }] = yield* Effect.orDie(decodeLogin(rows))
    const why = bypasses
      ? "is a superuser or bypasses row-level security, or is a member of one that does"
      : owns
        ? "owns the database or tables in it, or is a member of the login that does"
        : serves
          ? undefined
          : `does not have the rights of ${database}_service`
    if (why !== undefined) return yield* new LoginUnsuitable({ database, why })
  }).pipe(
    Effect.catchTag("SqlError", unreachable(connection)),
    Effect.provide(layerPgClient(connection, { applicationName: "valerix login check", maxConnections: 1 }))
  )

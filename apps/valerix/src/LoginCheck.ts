import { PgClient } from "@effect/sql-pg"
import { layerPgClient } from "@valerix/database"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Data, Effect } from "effect"
import type { DatabaseName } from "./DatabaseNames.ts"

/** The login of a service could see other organizations' rows or change the schema. */
export class LoginTooPowerful extends Data.TaggedError("LoginTooPowerful")<{
  readonly database: DatabaseName
  readonly why: string
}> {
  override get message(): string {
    return `The login of DATABASE_URL_${this.database.toUpperCase()} ${this.why}. Use one that is a member of ${this.database}_service, owns nothing, and neither is a superuser nor bypasses row-level security.`
  }
}

/** Refuses a service login that row-level security does not bind. */
export const assertLoginIsHarmless = (database: DatabaseName, connection: DatabaseConnection) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [login] = yield* sql<{ bypasses: boolean; owns: boolean }>`
      SELECT (rolsuper OR rolbypassrls) AS bypasses,
        EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace) AS owns
      FROM pg_roles WHERE rolname = current_user`
    if (login?.bypasses !== false)
      return yield* new LoginTooPowerful({ database, why: "is a superuser or bypasses row-level security" })
    if (login.owns) return yield* new LoginTooPowerful({ database, why: "owns tables" })
  }).pipe(
    Effect.catchTag("SqlError", Effect.die),
    Effect.provide(layerPgClient(connection, { applicationName: "valerix start", maxConnections: 1 }))
  )

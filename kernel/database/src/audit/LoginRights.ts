import type { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ login: Schema.String, bypasses: Schema.Boolean, owns: Schema.Boolean })])
)

export interface LoginRights {
  readonly login: string
  /** It is a superuser or bypasses row-level security, or can become one that does. */
  readonly bypasses: boolean
  /** It owns the database or tables in it, or can become the login that does. */
  readonly owns: boolean
}

/** Whether row-level security binds a login; by default the one that asks. */
export const loginRights = (sql: PgClient.PgClient, login?: string): Effect.Effect<LoginRights, SqlError.SqlError> =>
  Effect.gen(function* () {
    const rows = yield* sql`
      SELECT login.name::text AS login,
        EXISTS (SELECT FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND pg_has_role(login.name, oid, 'MEMBER')) AS bypasses,
        EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND pg_has_role(login.name, datdba, 'MEMBER'))
          OR EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND pg_has_role(login.name, relowner, 'MEMBER')) AS owns
      FROM (SELECT coalesce(${login ?? null}::name, current_user) AS name) AS login`
    const [rights] = yield* Effect.orDie(decode(rows))
    return rights
  })

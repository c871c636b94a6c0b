import type { PgClient } from "@effect/sql-pg"
import type { Check } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { TenantDatabase } from "../TenantDatabase.ts"
import { loginRights } from "./LoginRights.ts"

/** Tables that hold nothing of any organization in every service. */
const INFRASTRUCTURE = ["schema_migrations"]

/** What opens the rows of one organization to another. */
export interface IsolationGap {
  /** The table or the login. */
  readonly subject: string
  readonly problem: string
}

const decodeGaps = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ subject: Schema.String, problem: Schema.String }))
)

/**
 * What of a service's database is not closed to other organizations: every table of the schema `public` must carry
 * `organization_id`, have row-level security enabled and forced, and give the service's login rows by the policy `tenant`
 * alone; a view must ask for the rights of its caller; and the login must be one that row-level security binds. The
 * tables are read from the catalogue, so a table that is added later is looked at too. `infrastructure` names those that
 * hold nothing of an organization; `login` is the service's, by default the one that asks.
 */
export const isolationGaps = (
  sql: PgClient.PgClient,
  options: { readonly infrastructure?: ReadonlyArray<string>; readonly login?: string } = {}
): Effect.Effect<ReadonlyArray<IsolationGap>, SqlError.SqlError> =>
  Effect.gen(function* () {
    const exempt = `{${[...INFRASTRUCTURE, ...(options.infrastructure ?? [])].join(",")}}`
    const { bypasses, login, owns } = yield* loginRights(sql, options.login)
    const rows = yield* sql`
      WITH relation AS (
        SELECT oid, relname, relkind, relrowsecurity, relforcerowsecurity, reloptions
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm')
          AND relname <> ALL (${exempt}::name[])
      ),
      policy AS (
        SELECT polrelid, polname, polcmd, polpermissive,
          coalesce(pg_get_expr(polqual, polrelid), '') AS shown, coalesce(pg_get_expr(polwithcheck, polrelid), '') AS kept
        FROM pg_policy
        WHERE EXISTS (SELECT FROM unnest(polroles) AS named(id)
          WHERE CASE named.id WHEN 0 THEN true ELSE pg_has_role(${login}::name, named.id, 'MEMBER') END)
      ),
      gap(oid, problem) AS (
        SELECT oid, 'has no organization_id that is NOT NULL' FROM relation
        WHERE relkind IN ('r', 'p') AND NOT EXISTS (
          SELECT FROM pg_attribute WHERE attrelid = oid AND attname = 'organization_id' AND attnotnull)
        UNION ALL SELECT oid, 'has row-level security disabled' FROM relation
        WHERE relkind IN ('r', 'p') AND NOT relrowsecurity
        UNION ALL SELECT oid, 'does not force row-level security on its owner' FROM relation
        WHERE relkind IN ('r', 'p') AND NOT relforcerowsecurity
        UNION ALL SELECT oid, 'has no policy "tenant" for the service, for all commands, with a check of what is written'
        FROM relation WHERE relkind IN ('r', 'p') AND NOT EXISTS (
          SELECT FROM policy WHERE polrelid = oid AND polname = 'tenant' AND polcmd = '*'
            AND shown LIKE '%current_organizations()%' AND kept LIKE '%current_organizations()%')
        UNION ALL SELECT oid, format('gives the service rows by another policy, "%s"', polname)
        FROM relation JOIN policy ON polrelid = oid WHERE polpermissive AND polname <> 'tenant'
        UNION ALL SELECT oid, 'is a view with the rights of its owner' FROM relation
        WHERE relkind = 'v' AND NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on']
        UNION ALL SELECT oid, 'cannot have row-level security' FROM relation WHERE relkind IN ('m', 'f')
      )
      SELECT relname::text AS subject, problem FROM gap JOIN relation USING (oid) ORDER BY subject, problem`
    const ofTables = yield* Effect.orDie(decodeGaps(rows))
    return [
      ...ofTables,
      ...(bypasses ? [{ subject: login, problem: "is not bound by row-level security" }] : []),
      ...(owns ? [{ subject: login, problem: "owns the database or tables in it" }] : [])
    ]
  })

/** Promise 4: the database keeps the organizations apart. */
export const checkIsolation = (
  { sql, withoutTenant }: TenantDatabase["Service"],
  infrastructure: ReadonlyArray<string> = []
): Check<"row_security_off"> => ({
  name: "isolation",
  key: "uuid",
  chunk: (organizationId) =>
    Effect.map(withoutTenant(isolationGaps(sql, { infrastructure })), (gaps) => ({
      findings: gaps.map(({ problem, subject }) => ({
        promise: 4,
        code: "row_security_off" as const,
        organizationId,
        subject,
        message: `${subject} ${problem}.`
      })),
      next: undefined
    }))
})

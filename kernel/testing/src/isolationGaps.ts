import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"

/** Tables that hold nothing of any organization in every service. */
const INFRASTRUCTURE = ["schema_migrations"]

/**
 * What of a service's database is not closed to other organizations, one sentence each: every table of the schema
 * `public` must carry `organization_id`, have row-level security enabled and forced, and give the service's login rows
 * by the policy `tenant` alone; a view must ask for the rights of its caller. The tables are read from the catalogue,
 * so a table that is added later is looked at too. `infrastructure` names those that hold nothing of an organization.
 */
export const isolationGaps = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  service: string,
  infrastructure: ReadonlyArray<string> = []
) {
  const exempt = `{${[...INFRASTRUCTURE, ...infrastructure].join(",")}}`
  const rows = yield* sql<{ gap: string }>`
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
      WHERE polroles && ARRAY[0::oid, (SELECT oid FROM pg_roles WHERE rolname = ${`${service}_service`})]
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
    SELECT format('%s %s', relname, problem) AS gap FROM gap JOIN relation USING (oid) ORDER BY gap`
  return rows.map(({ gap }) => gap)
})

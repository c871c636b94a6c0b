import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { PgClient } from "@effect/sql-pg"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { migrate } from "@valerix/database/migrations"
import { Effect } from "effect"
import { ddl, exclusively, withSession } from "./AdminSession.ts"
import { createServiceRoles, roleConnection } from "./ServiceRoles.ts"
import type { TestServer } from "./TestServer.ts"

/** All databases of a run begin with this, so that the run can remove them. */
export const databasePrefix = (runId: string) => `valerix_test_${runId}_`

/**
 * The name of a database with a service's migrations applied, made once per run and content of the directory; whoever
 * comes first makes it, the others wait. Without a directory it is a database with nothing but its owner.
 */
export const templateDatabase = Effect.fnUntraced(function* (
  server: TestServer,
  service: string,
  migrations: URL | undefined
) {
  const hash = migrations === undefined ? "empty" : yield* Effect.promise(() => hashOf(migrations))
  const template = `${databasePrefix(server.runId)}${service}_${hash}`
  const making = `${template}_making`
  yield* createServiceRoles(server.admin, service)
  yield* exclusively(
    server.admin,
    template,
    withSession(server.admin, (sql) =>
      Effect.gen(function* () {
        const [found] = yield* sql`SELECT 1 FROM pg_database WHERE datname = ${template}`
        if (found !== undefined) return
        yield* createOwned(sql, server.admin, service, making)
        if (migrations !== undefined) {
          yield* migrate({
            directory: fileURLToPath(migrations),
            connection: roleConnection(server.admin, service, "owner", making),
            to: "latest"
          })
        }
        // The name appears with the last step, so a template that is found is complete.
        yield* ddl(sql, "ALTER DATABASE %I WITH ALLOW_CONNECTIONS false", making)
        yield* ddl(sql, "ALTER DATABASE %I RENAME TO %I", making, template)
      })
    )
  )
  return template
})

/** A database as the program's own servers have them: open to its owner and its service only. */
const createOwned = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  admin: DatabaseConnection,
  service: string,
  database: string
) {
  const owner = `${service}_owner`
  yield* ddl(sql, "DROP DATABASE IF EXISTS %I WITH (FORCE)", database)
  yield* ddl(sql, "CREATE DATABASE %I OWNER %I TEMPLATE template0", database, owner)
  yield* withSession({ ...admin, database }, (inside) =>
    Effect.gen(function* () {
      yield* ddl(inside, "ALTER SCHEMA public OWNER TO %I", owner)
      yield* ddl(inside, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
      yield* ddl(inside, "GRANT USAGE ON SCHEMA public TO %I", `${service}_service`)
    })
  )
})

/** Makes a database from a template and gives its name. */
export const createFromTemplate = Effect.fnUntraced(function* (
  server: TestServer,
  service: string,
  template: string,
  database: string
) {
  yield* withSession(server.admin, (sql) =>
    Effect.gen(function* () {
      yield* ddl(sql, "CREATE DATABASE %I OWNER %I TEMPLATE %I", database, `${service}_owner`, template)
      yield* ddl(sql, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database)
      yield* ddl(sql, "GRANT CONNECT ON DATABASE %I TO %I", database, `${service}_service`)
      // No test pulls the plug, so no commit has to wait for the disk.
      yield* ddl(sql, "ALTER DATABASE %I SET synchronous_commit TO off", database)
    })
  )
})

const hashOf = async (directory: URL): Promise<string> => {
  const hash = createHash("sha256")
  for (const file of (await readdir(directory)).toSorted()) {
    hash
      .update(file)
      .update("\0")
      .update(await readFile(new URL(file, directory)))
      .update("\0")
  }
  return hash.digest("hex").slice(0, 12)
}

import { randomBytes } from "node:crypto"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseConnection, EmbeddedServer } from "@valerix/database/embedded"
import { Cause, Effect, Exit, Redacted, Scope } from "effect"
import type { TestProject } from "vitest/node"
import { ddl, withSession } from "./AdminSession.ts"
import { databasePrefix } from "./TemplateDatabase.ts"
import type { TestServer } from "./TestServer.ts"

/** Many small databases, used by a few connections each. */
const SETTINGS = { max_connections: "300", shared_buffers: "64MB", max_wal_size: "1GB", autovacuum_naptime: "1min" }

/** A server in a temporary folder, for this run alone. */
const embeddedServer = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const created = await mkdtemp(join(tmpdir(), "valerix-test-"))
      // As root, PostgreSQL runs as another user, who has to get through to the data.
      await chmod(created, 0o711)
      return created
    }),
    (created) => Effect.promise(() => rm(created, { recursive: true, force: true }))
  )
  const server = yield* EmbeddedServer.start({ home: join(folder, "home"), services: [], settings: SETTINGS })
  return server.admin
})

/** The server of `TEST_DATABASE_URL`, whose login has to be a superuser; the databases of this run are removed at its end. */
const givenServer = (url: string, runId: string) =>
  Effect.acquireRelease(
    DatabaseConnection.fromUrl(Redacted.make(url)).pipe(
      Effect.tap((admin) => withSession(admin, (sql) => sql`SELECT 1`))
    ),
    (admin) => Effect.ignore(dropDatabases({ runId, admin }))
  )

const dropDatabases = ({ admin, runId }: TestServer) =>
  withSession(admin, (sql) =>
    Effect.gen(function* () {
      const rows = yield* sql<{ name: string }>`
        SELECT datname AS name FROM pg_database WHERE starts_with(datname, ${databasePrefix(runId)})`
      yield* Effect.forEach(rows, ({ name }) => ddl(sql, "DROP DATABASE IF EXISTS %I WITH (FORCE)", name))
    })
  )

/**
 * Gives the run one PostgreSQL server: the one of `TEST_DATABASE_URL`, else an embedded one that lives as long as the
 * run. Where none can be had the run goes on without the tests that need it, except in CI, where that is an error.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL
  const runId = randomBytes(4).toString("hex")
  const scope = await Effect.runPromise(Scope.make())
  const server: Effect.Effect<DatabaseConnection, Error, Scope.Scope> =
    url === undefined ? embeddedServer : givenServer(url, runId)
  const exit = await Effect.runPromiseExit(Effect.provideService(server, Scope.Scope, scope))
  const stop = () => Effect.runPromise(Scope.close(scope, Exit.void))
  if (Exit.isSuccess(exit)) {
    const { password, ...admin } = exit.value
    const provided = { ...admin, password: Redacted.value(password) }
    project.provide("testServer", { available: true, runId, admin: provided })
    return stop
  }
  await stop()
  const reason = `no PostgreSQL server for the tests: ${Cause.prettyErrors(exit.cause)
    .map(({ message }) => message)
    .join("; ")}`
  if (process.env.CI === "true") throw new Error(reason)
  console.warn(`Tests that need a database are skipped: ${reason}`)
  project.provide("testServer", { available: false, reason })
  return async () => undefined
}

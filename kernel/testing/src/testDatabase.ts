import { randomBytes } from "node:crypto"
import { PgClient } from "@effect/sql-pg"
import { layerPgClient, TenantDatabase } from "@valerix/database"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect, Layer, Redacted } from "effect"
import { ddl, withSession } from "./AdminSession.ts"
import { OwnerDatabase } from "./OwnerDatabase.ts"
import { roleConnection } from "./ServiceRoles.ts"
import { createFromTemplate, databasePrefix, templateDatabase } from "./TemplateDatabase.ts"
import { type TestServer, testServer } from "./TestServer.ts"

const SERVICE_CONNECTIONS_MAX = 8
const OWNER_CONNECTIONS_MAX = 2

/**
 * A fresh database of a service with its migrations applied, dropped when the layer closes: `TenantDatabase` as the
 * service's login, `OwnerDatabase` as the owner. `migrations` is the URL of a directory and ends with a slash. Call it
 * at the top of the test file, so that its tests are skipped where no server could be started (what is built on it must
 * then not ask the database while it is built), and give the layer to `layer(...)` with `{ excludeTestServices: true }`:
 * a database has no test clock.
 */
export const testDatabase = (service: string, migrations: URL): Layer.Layer<TenantDatabase | OwnerDatabase> =>
  databaseLayer(service, migrations)

/** The same without any migration applied, for the tests of the migrations themselves. */
export const emptyTestDatabase = (service: string): Layer.Layer<TenantDatabase | OwnerDatabase> =>
  databaseLayer(service, undefined)

const databaseLayer = (service: string, migrations: URL | undefined) => {
  const server = testServer()
  return server === undefined
    ? layerOf(nowhere, nowhere)
    : Layer.unwrap(
        Effect.map(freshDatabase(server, service, migrations), (database) =>
          layerOf(
            roleConnection(server.admin, service, "owner", database),
            roleConnection(server.admin, service, "service", database)
          )
        )
      )
}

/** For files whose tests are all skipped: their layers can be built, because connections are made when first used. */
const nowhere: DatabaseConnection = {
  host: "/nonexistent",
  port: 5432,
  database: "nowhere",
  username: "nobody",
  password: Redacted.make("")
}

const freshDatabase = Effect.fnUntraced(function* (server: TestServer, service: string, migrations: URL | undefined) {
  const template = yield* Effect.orDie(templateDatabase(server, service, migrations))
  const database = `${databasePrefix(server.runId)}${service}_${randomBytes(6).toString("hex")}`
  return yield* Effect.acquireRelease(
    Effect.as(createFromTemplate(server, service, template, database), database),
    () =>
      withSession(server.admin, (sql) => ddl(sql, "DROP DATABASE IF EXISTS %I WITH (FORCE)", database)).pipe(
        Effect.orDie
      )
  ).pipe(Effect.orDie)
})

const layerOf = (owner: DatabaseConnection, service: DatabaseConnection) =>
  Layer.mergeAll(
    // Fresh, because a layer is built once per program: a test with two databases would be given the first one twice.
    Layer.fresh(TenantDatabase.layer).pipe(
      Layer.provide(
        layerPgClient(service, { applicationName: "valerix tests", maxConnections: SERVICE_CONNECTIONS_MAX })
      )
    ),
    Layer.effect(
      OwnerDatabase,
      Effect.map(PgClient.PgClient, (sql) => OwnerDatabase.of({ sql, connection: owner, serviceConnection: service }))
    ).pipe(
      Layer.provide(
        layerPgClient(owner, { applicationName: "valerix tests (owner)", maxConnections: OWNER_CONNECTIONS_MAX })
      )
    )
  )

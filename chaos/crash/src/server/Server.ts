import { DATABASES, type DatabaseName } from "@valerix/app/src/DatabaseNames.ts"
import type { Databases } from "@valerix/app/src/Databases.ts"
import { prepareSchemas } from "@valerix/app/src/Schemas.ts"
import { type DatabaseConnection, EmbeddedServer, type EmbeddedServerError } from "@valerix/database/embedded"
import { Effect, Exit, Redacted, Scope } from "effect"
import { type DatabaseProxy, type Endpoint, startProxy } from "./DatabaseProxy.ts"

/** A PostgreSQL of the campaign's own, on which programs come and go. */
export interface Server {
  readonly databases: Databases
  /** The superuser, in one of the databases. */
  readonly admin: (database: DatabaseName | "postgres") => DatabaseConnection
  /** The process of PostgreSQL that all others come from. */
  readonly processId: Effect.Effect<number>
  readonly proxy: DatabaseProxy
  /** The variables by which a program finds its databases, through the proxy or not. */
  readonly environment: (throughProxy: boolean) => Readonly<Record<string, string>>
}

/** Two programs at a time, and the campaign's own connections. */
const SETTINGS = { max_connections: "300", shared_buffers: "128MB", max_wal_size: "1GB", autovacuum_naptime: "10s" }

type Running = EmbeddedServer["Service"]

/** Starts PostgreSQL in a folder, with every schema as the program knows it. When it went down too often for its keeper, it is started again. */
export const startServer = Effect.fnUntraced(function* (home: string) {
  const scope = yield* Effect.scope
  const startOnce = Effect.gen(function* () {
    const own = yield* Scope.fork(scope)
    const running = yield* EmbeddedServer.start({ home, services: DATABASES, settings: SETTINGS }).pipe(
      Scope.provide(own),
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
    )
    return { running, close: Scope.close(own, Exit.void) }
  })
  let current = yield* startOnce
  yield* Effect.suspend(() => Effect.ignore(current.running.lost)).pipe(
    Effect.andThen(Effect.suspend(() => current.close)),
    Effect.andThen(startOnce),
    Effect.tap((next) =>
      Effect.sync(() => {
        current = next
      })
    ),
    Effect.forever,
    Effect.forkScoped
  )
  const databases = databasesOn(() => current.running)
  yield* prepareSchemas(databases, DATABASES)
  const proxy = yield* startProxy(endpointOf(current.running.admin))
  const server: Server = {
    databases,
    admin: (database) => ({ ...current.running.admin, database }),
    processId: Effect.suspend(() => current.running.processId),
    proxy,
    environment: (throughProxy) =>
      Object.fromEntries(
        DATABASES.map((name) => {
          const connection = databases.connection(name)
          const at = throughProxy ? { ...connection, host: "127.0.0.1", port: proxy.port } : connection
          return [`DATABASE_URL_${name.toUpperCase()}`, urlOf(at)]
        })
      )
  }
  return server
})

const databasesOn = (running: () => Running): Databases => ({
  connection: (name) => running().connection(name, "service"),
  owner: (name) => running().connection(name, "owner"),
  isExternal: () => false,
  lost: Effect.suspend((): Effect.Effect<never, EmbeddedServerError> => running().lost)
})

const urlOf = ({ database, host, password, port, username }: DatabaseConnection): string => {
  const login = `${encodeURIComponent(username)}:${encodeURIComponent(Redacted.value(password))}`
  return `postgres://${login}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
}

const endpointOf = ({ host, port }: DatabaseConnection): Endpoint =>
  host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }

import { PgClient } from "@effect/sql-pg"
import { layerPgClient } from "@valerix/database"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Context, Effect, Layer, type Scope } from "effect"
import type { DatabaseName } from "../../../DatabaseNames.ts"

/** A database that is looked at. */
export interface LookedAt {
  readonly name: DatabaseName
  readonly isExternal: boolean
  /** As the service itself. */
  readonly service: DatabaseConnection
  /** As whoever sees the most of those who are known: the superuser of the embedded server, the owner, the service. */
  readonly observer: DatabaseConnection
}

/** The sessions that a database is looked at with. */
export interface Sessions {
  readonly asService: PgClient.PgClient
  readonly asObserver: PgClient.PgClient
}

const openSession = (connection: DatabaseConnection): Effect.Effect<PgClient.PgClient, never, Scope.Scope> =>
  Layer.build(Layer.fresh(layerPgClient(connection, { applicationName: "valerix doctor", maxConnections: 1 }))).pipe(
    Effect.map((context) => Context.get(context, PgClient.PgClient))
  )

/** Opens them; each connects when it is first used. */
export const openSessions = ({ observer, service }: LookedAt): Effect.Effect<Sessions, never, Scope.Scope> =>
  Effect.all({ asService: openSession(service), asObserver: openSession(observer) })

/** Whether two databases are on one server, so that it is looked at once. */
export const serverOf = ({ service: { host, port } }: LookedAt): string => `${host}:${port}`

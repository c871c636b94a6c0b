import { PgClient } from "@effect/sql-pg"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect } from "effect"
import { Reactivity } from "effect/reactivity"

/** Works with one connection of its own, without limits on its statements, and closes it. Fails as a defect. */
export const inSession = <A>(
  connection: DatabaseConnection,
  body: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>
): Effect.Effect<A> =>
  Effect.scoped(
    Effect.flatMap(
      PgClient.make({
        host: connection.host,
        port: connection.port,
        database: connection.database,
        username: connection.username,
        password: connection.password,
        applicationName: "campaign",
        maxConnections: 1
      }),
      body
    )
  ).pipe(Effect.provide(Reactivity.layer), Effect.orDie)

import type { PgClient } from "@effect/sql-pg"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { withSession } from "@valerix/testing/session"
import { Effect } from "effect"

/** Works with one connection of its own, without limits on its statements, and closes it. Fails as a defect. */
export const inSession = <A>(
  connection: DatabaseConnection,
  body: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>
): Effect.Effect<A> =>
  // Not named as a program's sessions are, which the campaign kills.
  Effect.orDie(withSession(connection, body, "campaign"))

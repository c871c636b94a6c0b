import { Effect, Schema } from "effect"
import { inSession } from "../server/Session.ts"
import type { Stage } from "./Stage.ts"

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ pid: Schema.Int })))

/** The server's processes that serve the program, in a mixed order. */
export const backendsOf = ({ server }: Stage): Effect.Effect<ReadonlyArray<number>> =>
  inSession(server.admin("postgres"), (sql) =>
    Effect.map(
      Effect.flatMap(
        sql`SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'valerix %' ORDER BY md5(pid::text)`,
        decode
      ),
      (rows) => rows.map(({ pid }) => pid)
    )
  )

/** Ends sessions as an administrator would; those that are gone already are gone. */
export const endSessions = ({ server }: Stage, pids: ReadonlyArray<number>): Effect.Effect<void> =>
  inSession(server.admin("postgres"), (sql) =>
    Effect.forEach(pids, (pid) => sql`SELECT pg_terminate_backend(${pid}::int)`, { discard: true })
  )

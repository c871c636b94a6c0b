import { firstRowOf } from "@valerix/database"
import { Effect, Schema } from "effect"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import type { Sessions } from "./LookedAt.ts"

/** What each database of a process may hold open: its pool, and one to look at it and one to ask whether it is there. */
export const CONNECTIONS_PER_DATABASE = 12
const NEARLY_USED_UP = 0.8

const serverOf = firstRowOf(
  Schema.Struct({
    version: Schema.String,
    major: Schema.Int,
    is_standby: Schema.Boolean,
    connections_max: Schema.Int,
    connections: Schema.Int
  })
)
type Server = NonNullable<Effect.Success<ReturnType<typeof serverOf>>>

const LEAST_MAJOR = 15

export const judgeServer = (server: Server, databases: number): ReadonlyArray<Said> => {
  const { connections, connections_max, is_standby, major, version } = server
  const said: Array<Said> = []
  if (major < LEAST_MAJOR)
    said.push(fail(`PostgreSQL ${version}`, `Valerix needs PostgreSQL ${LEAST_MAJOR} or later: upgrade the server.`))
  if (is_standby)
    said.push(
      fail(
        "the server is a standby: nothing can be written",
        "Let DATABASE_URL_… name the primary, or promote this one."
      )
    )
  const wanted = databases * CONNECTIONS_PER_DATABASE
  if (connections_max < wanted)
    said.push(
      warn(
        `max_connections leaves ${connections_max} to ordinary logins, and ${databases} databases of one Valerix may open ${wanted}`,
        `Set max_connections to ${wanted + 10} or more for each Valerix, and restart the server.`
      )
    )
  if (connections > connections_max * NEARLY_USED_UP)
    said.push(
      warn(
        `${connections} of ${connections_max} connections are in use`,
        "See who holds them: SELECT usename, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2."
      )
    )
  return said.length === 0
    ? [ok(`PostgreSQL ${version}, ${connections} of ${connections_max} connections in use`)]
    : said
}

export const serverCheck = (subject: string, { asObserver: sql }: Sessions, databases: number) =>
  check(
    "server",
    subject,
    Effect.gen(function* () {
      const server = yield* serverOf(sql`
        SELECT current_setting('server_version') AS version,
          current_setting('server_version_num')::int / 10000 AS major,
          pg_is_in_recovery() AS is_standby,
          current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true)::int, 0) AS connections_max,
          (SELECT sum(numbackends)::int FROM pg_stat_database) AS connections`)
      return server === undefined ? [] : judgeServer(server, databases)
    })
  )

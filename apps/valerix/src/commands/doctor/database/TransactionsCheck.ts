import { rowsOf } from "@valerix/database"
import { Effect, Schema } from "effect"
import { spanText } from "../../../terminal/Spans.ts"
import { onOneLine } from "../../../terminal/Text.ts"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import type { Sessions } from "./LookedAt.ts"

const LONG_MS = 60_000
const TOO_LONG_MS = 3_600_000
const LISTED_MAX = 10

const transactionsOf = rowsOf(
  Schema.Struct({
    pid: Schema.Int,
    login: Schema.String,
    application: Schema.String,
    database: Schema.String,
    state: Schema.String,
    age_ms: Schema.Number
  })
)
type Transaction = Effect.Success<ReturnType<typeof transactionsOf>>[number]

const rightsOf = rowsOf(Schema.Struct({ login: Schema.String, sees_all: Schema.Boolean }))

export const judgeTransaction = ({ age_ms, application, database, login, pid, state }: Transaction): Said => {
  const who = onOneLine(`${login}${application === "" ? "" : ` (${application})`}`)
  const found = `process ${pid} of ${who} has been in a transaction on ${database} for ${spanText(age_ms)}, ${state}`
  const advice = `Until it ends nothing that was deleted since can be cleaned up, and the queues get slow. End it: SELECT pg_terminate_backend(${pid})`
  return age_ms > TOO_LONG_MS ? fail(found, advice) : warn(found, advice)
}

/** Transactions older than a minute: they hold back vacuum, on every database of the server. */
export const transactionsCheck = (subject: string, { asObserver: sql }: Sessions, longMs = LONG_MS) =>
  check(
    "long_transactions",
    subject,
    Effect.gen(function* () {
      const [rights] = yield* rightsOf(
        sql`SELECT current_user::text AS login, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all`
      )
      const found = yield* transactionsOf(sql`
        SELECT pid, coalesce(usename, '')::text AS login, coalesce(application_name, '') AS application,
          coalesce(datname, '')::text AS database, coalesce(state, '') AS state,
          extract(epoch FROM clock_timestamp() - xact_start)::float8 * 1000 AS age_ms
        FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
          AND xact_start < clock_timestamp() - ${longMs} * interval '1 ms'
        ORDER BY xact_start LIMIT ${LISTED_MAX}::int`)
      if (found.length > 0) return found.map(judgeTransaction)
      if (rights?.sees_all === true) return ok(`no transaction is older than ${spanText(longMs)}`)
      return ok(
        `no transaction of ${rights?.login} is older than ${spanText(longMs)}; those of others it may see after GRANT pg_read_all_stats TO ${rights?.login}`
      )
    })
  )

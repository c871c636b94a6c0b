import { firstRowOf } from "@valerix/database"
import { Effect, Schema } from "effect"
import { check } from "../Check.ts"
import { ok, type Said, warn } from "../Finding.ts"
import type { LookedAt, Sessions } from "./LookedAt.ts"
import { CONNECTIONS_PER_DATABASE } from "./ServerCheck.ts"

const limitsOf = firstRowOf(Schema.Struct({ login: Schema.String, of_login: Schema.Int, of_database: Schema.Int }))
type Limits = NonNullable<Effect.Success<ReturnType<typeof limitsOf>>>

/** -1 is no limit. */
const isTooLow = (limit: number) => limit >= 0 && limit < CONNECTIONS_PER_DATABASE

export const judgeLimits = ({ login, of_database, of_login }: Limits): ReadonlyArray<Said> => {
  const said: Array<Said> = []
  const wanted = `a Valerix may open ${CONNECTIONS_PER_DATABASE} to one database`
  if (isTooLow(of_login))
    said.push(
      warn(
        `the login ${login} may have ${of_login} connections, and ${wanted}`,
        `ALTER ROLE "${login}" CONNECTION LIMIT 25`
      )
    )
  if (isTooLow(of_database))
    said.push(
      warn(`the database takes ${of_database} connections, and ${wanted}`, "ALTER DATABASE … CONNECTION LIMIT 50")
    )
  return said.length === 0 ? [ok("login and database take as many as one Valerix opens")] : said
}

/** How many connections the service's login may have, and the database takes. */
export const connectionLimitCheck = ({ name }: LookedAt, { asService: sql }: Sessions) =>
  check(
    "connection_limit",
    name,
    Effect.gen(function* () {
      const limits = yield* limitsOf(sql`
        SELECT rolname::text AS login, rolconnlimit AS of_login, datconnlimit AS of_database
        FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`)
      return limits === undefined ? [] : judgeLimits(limits)
    })
  )

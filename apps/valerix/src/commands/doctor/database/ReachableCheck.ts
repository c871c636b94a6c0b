import { Effect } from "effect"
import { assertLoginSuits } from "../../../LoginCheck.ts"
import { check } from "../Check.ts"
import { fail, ok } from "../Finding.ts"
import type { LookedAt } from "./LookedAt.ts"

/** Whether the database can be reached, by a login that row-level security binds, on a server that is new enough. */
export const reachableCheck = ({ name, service }: LookedAt) =>
  check(
    "database",
    name,
    assertLoginSuits(name, service).pipe(
      Effect.as(ok("it can be reached, and its login is bound by row-level security")),
      Effect.catchTags({
        LoginUnsuitable: (error) => Effect.succeed(fail(error.message, "docs/postgresql.md has the statements.")),
        ServerTooOld: (error) =>
          Effect.succeed(fail(error.message, "Upgrade the server, or move the database to a newer one.")),
        DatabaseUnreachable: (error) =>
          Effect.succeed(
            fail(
              error.message,
              `Does the server run, and is DATABASE_URL_${name.toUpperCase()} right: host, port, login, password?`
            )
          )
      })
    )
  )

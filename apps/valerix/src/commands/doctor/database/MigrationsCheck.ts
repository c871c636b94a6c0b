import { fileURLToPath } from "node:url"
import { status } from "@valerix/database/migrations"
import { Effect } from "effect"
import { migrationsOf } from "../../../Migrations.ts"
import { check } from "../Check.ts"
import { fail, ok } from "../Finding.ts"
import type { LookedAt } from "./LookedAt.ts"

/** Whether the schema is the one that this program knows. */
export const migrationsCheck = ({ name, service }: LookedAt) =>
  check(
    "migrations",
    name,
    Effect.map(status({ directory: fileURLToPath(migrationsOf(name)), connection: service }), (found) => {
      const { changed, current, latest, pending } = found
      if (current > latest)
        return fail(`version ${current}, and this program knows ${latest}`, "Start the newer version of Valerix again.")
      if (changed.length > 0)
        return fail(
          `version ${changed.map(({ version }) => version).join(", ")} was changed after it was applied`,
          "Restore the files of the release that applied them."
        )
      return pending.length > 0
        ? fail(
            `version ${current} of ${latest}: ${pending.length} pending`,
            `valerix migrate up applies them; it needs DATABASE_OWNER_URL_${name.toUpperCase()} where the database is elsewhere.`
          )
        : ok(`version ${current}, nothing is pending`)
    })
  )

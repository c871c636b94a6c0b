import type { TenantDatabase } from "@valerix/database"
import { Effect } from "effect"
import type { Recalled } from "../../application/ports/OrderLedger.ts"
import { type RequestKey, recalledBy, selectExisting } from "./ExistingEntries.ts"

/** Looks a request up by its key, and changes nothing. */
export const recallEntry =
  (database: TenantDatabase["Service"]) =>
  (request: RequestKey): Effect.Effect<Recalled | undefined> =>
    database
      .transaction([request.tenant.organizationId])(selectExisting(database.sql, [request]))
      .pipe(
        Effect.orDie,
        Effect.map(([entry]) => (entry === undefined ? undefined : recalledBy(entry)))
      )

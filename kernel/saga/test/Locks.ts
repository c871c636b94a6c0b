import { TenantDatabase } from "@valerix/database"
import { Effect } from "effect"

/** Waits until a session of the service waits for a lock that another one holds. */
export const untilSomebodyWaits = Effect.flatMap(TenantDatabase, ({ sql }) =>
  Effect.repeat(
    sql`SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'`,
    { until: (rows) => rows.length > 0 }
  )
)

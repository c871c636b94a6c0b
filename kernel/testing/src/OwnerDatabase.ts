import type { PgClient } from "@effect/sql-pg"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Context } from "effect"

/** The same database as its owner: sees the rows of all organizations. For arranging and inspecting, in tests only. */
export class OwnerDatabase extends Context.Service<
  OwnerDatabase,
  {
    readonly sql: PgClient.PgClient
    /** The owner's login, for migrations. */
    readonly connection: DatabaseConnection
    /** The service's login, for a second program on the same database. */
    readonly serviceConnection: DatabaseConnection
  }
>()("@valerix/testing/OwnerDatabase") {}

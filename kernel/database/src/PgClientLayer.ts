import { PgClient } from "@effect/sql-pg"
import { Layer } from "effect"
import type { DatabaseConnection } from "./embedded/DatabaseConnection.ts"
import { SESSION_LIMITS } from "./Limits.ts"
import { safeIntegers } from "./SafeIntegers.ts"

const CONNECT_LIMIT_MS = 5_000

/**
 * Statements are parsed once per connection and planned each time. A plan that is kept was made early, and one made for
 * a small table reads a grown one as a whole: confirming 256 orders took 500 ms with 20,000 orders in a new database,
 * and takes 20 ms so. Planning costs 0.2 ms a statement, which is little for a vector.
 */
const SESSION_PLANNING = { plan_cache_mode: "force_custom_plan" }

/**
 * A pool of connections to one database. It connects when first used, so a database that is away does not stop the
 * program from starting; each use then fails until it is back.
 */
export const layerPgClient = (
  connection: DatabaseConnection,
  options: {
    /** Shown in the server's list of sessions. */
    readonly applicationName: string
    readonly maxConnections: number
    readonly minConnections?: number
  }
): Layer.Layer<PgClient.PgClient> =>
  PgClient.layer({
    // A host that begins with "/" is the directory of a Unix socket, for the driver as well.
    host: connection.host,
    port: connection.port,
    database: connection.database,
    username: connection.username,
    password: connection.password,
    ssl: tlsOf(connection.ssl),
    applicationName: options.applicationName,
    maxConnections: options.maxConnections,
    minConnections: options.minConnections ?? 0,
    connectTimeout: CONNECT_LIMIT_MS,
    startupParameters: { ...SESSION_LIMITS, ...SESSION_PLANNING },
    types: safeIntegers,
    prepare: true
  }).pipe(Layer.orDie)

/** `require` encrypts and trusts any certificate, as it does for PostgreSQL's own clients; `verify-full` checks it. */
const tlsOf = (mode: DatabaseConnection["ssl"]) =>
  mode === "require" ? { rejectUnauthorized: false } : mode === "verify-full"

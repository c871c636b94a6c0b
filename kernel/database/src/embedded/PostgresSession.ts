import { Data, Effect, Redacted, type Scope } from "effect"
import pg from "pg"
import type { DatabaseConnection } from "./DatabaseConnection.ts"
import { errorCode } from "./FileAccess.ts"

/** The server could not be reached or refused a statement. `code` is its SQLSTATE, or the system's error code. */
export class SessionFailed extends Data.TaggedError("SessionFailed")<{
  readonly code: string
  readonly detail: string
  /** Where in the statement the error is, counted in characters from 1. */
  readonly position: number | undefined
}> {
  override get message(): string {
    return this.detail
  }
}

/** One connection for administration: provisioning, migrations, and reading the catalogue. */
export interface PostgresSession {
  /** Runs one statement, with parameters, or several without, and gives the rows of a single one. */
  readonly run: (
    sql: string,
    parameters?: ReadonlyArray<unknown>
  ) => Effect.Effect<ReadonlyArray<unknown>, SessionFailed>
  /** The same as a promise, for libraries that ask for one; rejects with `SessionFailed`. */
  readonly query: (sql: string) => Promise<{ readonly rows: Array<unknown> }>
}

const connectTimeoutMs = 5_000
const disconnectTimeoutMs = 2_000

const failure = (cause: unknown): SessionFailed => {
  if (cause instanceof SessionFailed) return cause
  if (!(cause instanceof pg.DatabaseError)) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return new SessionFailed({ code: errorCode(cause), detail: message || errorCode(cause), position: undefined })
  }
  const parts = [cause.message, cause.detail, cause.hint].filter((part) => part !== undefined && part !== "")
  const position = cause.position === undefined ? undefined : Number(cause.position)
  return new SessionFailed({ code: cause.code ?? "", detail: `${parts.join(". ")} [${cause.code}]`, position })
}

const sslOf = (ssl: DatabaseConnection["ssl"]) => {
  if (ssl === "verify-full") return { ssl: true }
  // As in libpq, "require" encrypts without asking who is at the other end.
  return ssl === "require" ? { ssl: { rejectUnauthorized: false } } : { ssl: false }
}

/** Opens a connection that closes with the scope. */
export const openSession = Effect.fnUntraced(function* (
  connection: DatabaseConnection,
  applicationName: string
): Effect.fn.Return<PostgresSession, SessionFailed, Scope.Scope> {
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const client = new pg.Client({
        host: connection.host,
        port: connection.port,
        database: connection.database,
        user: connection.username,
        password: Redacted.value(connection.password),
        application_name: applicationName,
        connectionTimeoutMillis: connectTimeoutMs,
        ...sslOf(connection.ssl)
      })
      // A connection that breaks fails the statement that runs or comes next; without a listener it would end the process.
      client.on("error", () => undefined)
      return client
    }),
    (client) =>
      Effect.ignore(
        Effect.timeout(
          Effect.tryPromise(() => client.end()),
          disconnectTimeoutMs
        )
      )
  )
  yield* Effect.tryPromise({ try: () => client.connect(), catch: failure })
  const query = async (sql: string, parameters?: ReadonlyArray<unknown>) => {
    try {
      const result = await client.query(sql, parameters === undefined ? undefined : [...parameters])
      // Several statements give several results, of which nobody needs rows.
      return { rows: result.rows ?? [] }
    } catch (cause) {
      throw failure(cause)
    }
  }
  return {
    query,
    run: (sql, parameters) =>
      Effect.tryPromise({
        try: async (): Promise<ReadonlyArray<unknown>> => (await query(sql, parameters)).rows,
        catch: failure
      })
  }
})

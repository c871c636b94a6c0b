import { PgClient } from "@effect/sql-pg"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect } from "effect"
import { Reactivity } from "effect/reactivity"
import type { SqlError } from "effect/sql"

const TESTS = "valerix tests"

/** Runs a body with one connection of its own, without limits on its statements, and closes it. */
export const withSession = <A, E, R>(
  connection: DatabaseConnection,
  body: (sql: PgClient.PgClient) => Effect.Effect<A, E, R>,
  applicationName = TESTS
): Effect.Effect<A, E | SqlError.SqlError, R> =>
  Effect.scoped(
    Effect.flatMap(
      PgClient.make({
        host: connection.host,
        port: connection.port,
        database: connection.database,
        username: connection.username,
        password: connection.password,
        ssl: connection.ssl === "require" ? { rejectUnauthorized: false } : connection.ssl === "verify-full",
        applicationName,
        maxConnections: 1
      }).pipe(Effect.provide(Reactivity.layer)),
      body
    )
  )

/** A statement that takes no parameters (DDL), with its names and literals put in by `format` on the server. */
export const ddl = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  template: string,
  ...values: ReadonlyArray<string>
) {
  const [row] = yield* sql<{ statement: string }>`
    SELECT format(${template}, VARIADIC ${`{${values.map((value) => JSON.stringify(value)).join(",")}}`}::text[]) AS statement`
  if (row !== undefined) yield* sql.unsafe(row.statement).unprepared
})

/**
 * Runs a body while no other process of any run does one of this name. The body has to use other connections: most of
 * what is done here cannot be done inside the transaction that holds the lock.
 */
export const exclusively = <A, E, R>(
  admin: DatabaseConnection,
  name: string,
  body: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError.SqlError, R> =>
  withSession(admin, (sql) =>
    sql.withTransaction(
      Effect.andThen(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${TESTS}: ${name}`}, 0))`, body)
    )
  )

import { PgClient } from "@effect/sql-pg"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { DatabaseUnavailable, dieOnSqlError } from "./DatabaseFailure.ts"
import { TRANSACTION_LIMIT_MS } from "./Limits.ts"

type InTransaction = <A, E, R>(body: Effect.Effect<A, E, R>) => Effect.Effect<A, Exclude<E, SqlError.SqlError>, R>

/**
 * A service's database. Row-level security lets a transaction see and write rows of the organizations it names, and of
 * no others. Lost connections, timeouts and refused data are defects (see DatabaseFailure), so a method's error type
 * holds only what its caller can act on.
 */
export class TenantDatabase extends Context.Service<
  TenantDatabase,
  {
    readonly sql: PgClient.PgClient
    /**
     * Runs a body in one transaction that sees the rows of these organizations only. It has TRANSACTION_LIMIT_MS, waiting
     * for a connection included.
     */
    readonly transaction: (organizations: Iterable<OrganizationId>) => InTransaction
    /** Runs a body in one transaction that sees no organization's rows: for queues, which hold ids and times only. */
    readonly withoutTenant: InTransaction
  }
>()("@valerix/database/TenantDatabase") {
  static readonly layer: Layer.Layer<TenantDatabase, never, PgClient.PgClient> = Layer.effect(
    TenantDatabase,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const limited: InTransaction = (body) =>
        sql.withTransaction(body).pipe(
          Effect.timeoutOrElse({
            duration: TRANSACTION_LIMIT_MS,
            orElse: () =>
              Effect.die(
                new DatabaseUnavailable({ reason: `no answer in ${TRANSACTION_LIMIT_MS} ms`, cause: undefined })
              )
          }),
          dieOnSqlError
        )
      return TenantDatabase.of({
        sql,
        withoutTenant: limited,
        transaction: (organizations) => (body) => {
          const named = `{${[...new Set(organizations)].join(",")}}`
          return limited(Effect.andThen(sql`SELECT set_config('valerix.organizations', ${named}, true)`, body))
        }
      })
    })
  )
}

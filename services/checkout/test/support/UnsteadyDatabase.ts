import { DatabaseUnavailable, layerPgClient, TenantDatabase } from "@valerix/database"
import { OwnerDatabase } from "@valerix/testing"
import { Context, Effect, Layer } from "effect"

/** How the database treats the next transactions, and how many there were. */
export interface Steadiness {
  /**
   * `away`: no connection can be made. `silent`: transactions are done, but their answers are lost. Either may be so for
   * the next transaction alone.
   */
  mode: "steady" | "away" | "silent" | "away once" | "silent once"
  transactions: number
}

export class DatabaseSteadiness extends Context.Service<DatabaseSteadiness, Steadiness>()(
  "@valerix/checkout/test/DatabaseSteadiness"
) {}

/** The database, counting its transactions, which can be taken away and given back. */
export const UnsteadyDatabase = Layer.effect(
  TenantDatabase,
  Effect.gen(function* () {
    const real = yield* TenantDatabase
    const steadiness = yield* DatabaseSteadiness
    const { serviceConnection } = yield* OwnerDatabase
    const nowhere = Context.get(
      yield* Layer.build(
        TenantDatabase.layer.pipe(
          Layer.provide(
            layerPgClient(
              { ...serviceConnection, host: "/nonexistent" },
              { applicationName: "valerix tests", maxConnections: 1 }
            )
          )
        )
      ),
      TenantDatabase
    )
    const unsteady =
      <A, E, R>(transaction: (database: TenantDatabase["Service"]) => Effect.Effect<A, E, R>) =>
      (): Effect.Effect<A, E, R> => {
        steadiness.transactions += 1
        const { mode } = steadiness
        if (mode === "away once" || mode === "silent once") steadiness.mode = "steady"
        if (mode === "away" || mode === "away once") return transaction(nowhere)
        return mode === "silent" || mode === "silent once"
          ? Effect.andThen(
              transaction(real),
              Effect.die(new DatabaseUnavailable({ reason: "the answer was lost", cause: undefined }))
            )
          : transaction(real)
      }
    return TenantDatabase.of({
      sql: real.sql,
      transaction: (organizations) => (body) =>
        Effect.suspend(unsteady((database) => database.transaction(organizations)(body))),
      withoutTenant: (body) => Effect.suspend(unsteady((database) => database.withoutTenant(body)))
    })
  })
)

export const layerSteadiness = Layer.sync(DatabaseSteadiness, (): Steadiness => ({ mode: "steady", transactions: 0 }))

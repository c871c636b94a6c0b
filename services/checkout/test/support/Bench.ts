import { layer } from "@effect/vitest"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Layer, References, type Scope } from "effect"
import { CatalogueCopyPostgres } from "../../src/adapters/postgres/CatalogueCopyPostgres.ts"
import { LedgerAuditPostgres } from "../../src/adapters/postgres/LedgerAuditPostgres.ts"
import { OrderLedgerPostgres } from "../../src/adapters/postgres/OrderLedgerPostgres.ts"
import { OrderSagaStorePostgres } from "../../src/adapters/postgres/OrderSagaStorePostgres.ts"
import { SagaWakeUpPostgres } from "../../src/adapters/postgres/SagaWakeUpPostgres.ts"
import { SagaOperationsPostgres } from "../../src/adapters/postgres/sagas/SagaOperationsPostgres.ts"
import { StandstillsPostgres } from "../../src/adapters/postgres/sagas/StandstillsPostgres.ts"
import { RequestDigestSha256 } from "../../src/adapters/RequestDigestSha256.ts"
import { layerParticipants } from "./Participants.ts"
import { migrations } from "./Samples.ts"
import { DatabaseSteadiness, layerSteadiness, UnsteadyDatabase } from "./UnsteadyDatabase.ts"

const Database = UnsteadyDatabase.pipe(Layer.provideMerge([layerSteadiness, testDatabase("checkout", migrations)]))

/** Checkout's storage, on a database of its own. */
const Storage = Layer.mergeAll(
  OrderLedgerPostgres,
  OrderSagaStorePostgres,
  CatalogueCopyPostgres,
  SagaOperationsPostgres,
  StandstillsPostgres,
  LedgerAuditPostgres,
  SagaWakeUpPostgres,
  RequestDigestSha256
).pipe(Layer.provideMerge(Database))

export type Bench = Layer.Success<typeof Storage> | Layer.Success<typeof layerParticipants>

type Promise = <A, E>(name: string, test: () => Effect.Effect<A, E, Bench | Scope.Scope>) => void

/** Empties the database, and makes it steady again. */
export const emptied = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  yield* sql`
    WITH e1 AS (DELETE FROM edge_leases), e2 AS (DELETE FROM saga_queue), e3 AS (DELETE FROM order_ledger),
      e4 AS (DELETE FROM order_ledger_items), e5 AS (DELETE FROM order_timeline), e6 AS (DELETE FROM outbox),
      e7 AS (DELETE FROM repairs)
    DELETE FROM catalogue`
  const steadiness = yield* DatabaseSteadiness
  steadiness.mode = "steady"
  steadiness.transactions = 0
})

/**
 * A group of tests on one database. Each finds it empty, because a sweep or an orchestrator takes whatever is there, and
 * has the other services to itself.
 */
export const promises = (name: string, tests: (promise: Promise) => void): void =>
  layer(Storage, { excludeTestServices: true })(name, (it) =>
    tests((promise, test) =>
      it.effect(promise, () =>
        Effect.andThen(emptied, Effect.suspend(test)).pipe(
          Effect.provide(Layer.fresh(layerParticipants)),
          // Much goes wrong here on purpose, and is logged.
          Effect.provideService(References.MinimumLogLevel, "None")
        )
      )
    )
  )

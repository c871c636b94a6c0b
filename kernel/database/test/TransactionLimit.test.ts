import { assert, layer } from "@effect/vitest"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Exit, Fiber, Latch, Layer } from "effect"
import { TestClock } from "effect/testing"
import { databaseUnavailableIn, layerPgClient, TenantDatabase } from "../src/index.ts"
import { makeSilentNetwork } from "./SilentNetwork.ts"

const Database = testDatabase("database_test", new URL("./tables/", import.meta.url))
const LIMIT_MS = 10_000

layer(Database, { excludeTestServices: true })("a transaction over a network that falls silent", (it) => {
  it.effect("is given up, and others go through once the network is back", () =>
    Effect.gen(function* () {
      const { serviceConnection } = yield* OwnerDatabase
      const network = yield* makeSilentNetwork(serviceConnection)
      const distant = TenantDatabase.layer.pipe(
        Layer.provide(layerPgClient(network.connection, { applicationName: "valerix tests", maxConnections: 2 }))
      )
      yield* Effect.gen(function* () {
        const { sql, withoutTenant } = yield* TenantDatabase
        const silent = yield* Latch.make(false)
        const cutOff = sql`SELECT 1`.pipe(
          Effect.andThen(network.fallSilent),
          Effect.andThen(silent.open),
          Effect.andThen(sql`SELECT 1`)
        )
        const exit = yield* Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(Effect.exit(withoutTenant(cutOff)))
          yield* silent.await
          yield* TestClock.adjust(LIMIT_MS)
          // From here it takes as long as the driver takes to see that the server cannot be told either.
          return yield* Fiber.join(fiber)
        }).pipe(Effect.provide(TestClock.layer()))
        assert.isTrue(Exit.isFailure(exit) && databaseUnavailableIn(exit.cause) !== undefined)

        yield* network.speak
        const all = Effect.all(
          Array.from({ length: 4 }, () => withoutTenant(sql`SELECT 1 AS one`)),
          { concurrency: "unbounded" }
        )
        yield* Effect.sandbox(all).pipe(Effect.retry({ times: 3 }))
      }).pipe(Effect.provide(distant, { local: true }))
    }).pipe(Effect.scoped)
  )
})

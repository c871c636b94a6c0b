import { type CheckoutOptions, checkoutDefaults, VerifyPromises } from "@valerix/checkout"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Context, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { layerDoor } from "../../src/AllInOne.ts"
import { DATABASES, type DatabaseName } from "../../src/DatabaseNames.ts"
import type { Databases } from "../../src/Databases.ts"
import { migrationsOf } from "../../src/Migrations.ts"
import { layerServices, type TopologyOptions } from "../../src/Topology.ts"
import { makeTestClient } from "./TestClient.ts"

/** Waits that are short enough for a test, and long enough for a slow machine. */
export const testCheckout = (overrides: Partial<CheckoutOptions> = {}): CheckoutOptions => ({
  ...checkoutDefaults({ pollIntervalMs: 200, retryDelaysMs: [50, 100, 200, 400], downstreamLimitMs: 2_000 }),
  ...overrides
})

export const testTopology = (overrides: Partial<TopologyOptions> = {}): TopologyOptions => ({
  checkout: testCheckout(),
  mockProvider: { latencyMs: 0, failureRate: 0, declineRate: 0, seed: "tests", timeoutMs: 1_500 },
  ...overrides
})

/** The whole program in this process: five fresh databases, all services, the door on a free port. */
export class TestProgram extends Context.Service<
  TestProgram,
  {
    readonly url: string
    readonly client: ReturnType<typeof makeTestClient>
    /** Each database as its owner, who sees everything. */
    readonly owner: (name: DatabaseName) => OwnerDatabase["Service"]["sql"]
    readonly verify: VerifyPromises["Service"]
    readonly databases: Databases
  }
>()("@valerix/app/test/TestProgram") {}

const ownersOfFreshDatabases = Effect.gen(function* () {
  const owners = new Map<DatabaseName, OwnerDatabase["Service"]>()
  for (const name of DATABASES) {
    const context = yield* Layer.build(testDatabase(name, migrationsOf(name)))
    owners.set(name, Context.get(context, OwnerDatabase))
  }
  return owners
})

export const layerTestProgram = (options: TopologyOptions = testTopology()) =>
  Layer.effect(
    TestProgram,
    Effect.gen(function* () {
      const owners = yield* ownersOfFreshDatabases
      const ownerOf = (name: DatabaseName) => {
        const owner = owners.get(name)
        if (owner === undefined) throw new Error(`no database ${name}`)
        return owner
      }
      const databases: Databases = {
        connection: (name) => ownerOf(name).serviceConnection,
        owner: (name) => ownerOf(name).connection,
        lost: Effect.never
      }
      const services = layerServices(databases, options)
      const context = yield* Layer.build(layerDoor(databases, { port: 0 }).pipe(Layer.provideMerge(services)))
      const { address } = Context.get(context, HttpServer.HttpServer)
      if (address._tag === "UnixPathAddress") return yield* Effect.die(new Error("the server has no port"))
      const url = `http://127.0.0.1:${address.port}`
      return {
        url,
        client: makeTestClient(url),
        owner: (name) => ownerOf(name).sql,
        verify: Context.get(context, VerifyPromises),
        databases
      }
    })
  )

import { type CheckoutOptions, checkoutDefaults, VerifyPromises } from "@valerix/checkout"
import type { OwnerDatabase } from "@valerix/testing"
import { Context, Effect, Layer } from "effect"
import { layerDoor } from "../../src/AllInOne.ts"
import type { DatabaseName } from "../../src/DatabaseNames.ts"
import type { Databases } from "../../src/Databases.ts"
import { layerServices, type TopologyOptions } from "../../src/Topology.ts"
import { promisesKeptAtTheEnd } from "./PromisesKept.ts"
import { makeTestClient } from "./TestClient.ts"
import { freshDatabases, urlOf } from "./TestDatabases.ts"

/** What a participant, or an edge, may take on a machine that is busy with other things. */
const PATIENCE_MS = 10_000

const { edge, monitor, orchestrator, ...others } = checkoutDefaults({
  pollIntervalMs: 200,
  retryDelaysMs: [50, 100, 200, 400],
  downstreamLimitMs: PATIENCE_MS
})

/** Retries that are short enough for a test, and limits that are long enough for a slow machine. */
export const testCheckout = (overrides: Partial<CheckoutOptions> = {}): CheckoutOptions => ({
  ...others,
  edge: { ...edge, leaseMs: 3 * PATIENCE_MS },
  orchestrator: { ...orchestrator, leaseMs: 3 * PATIENCE_MS },
  // What a test breaks on purpose stays broken until it has looked.
  monitor: { ...monitor, intervalMs: 3_600_000 },
  ...overrides
})

export const testTopology = (overrides: Partial<TopologyOptions> = {}): TopologyOptions => ({
  checkout: testCheckout(),
  mockProvider: { latencyMs: 0, failureRate: 0, declineRate: 0, seed: "tests", timeoutMs: 0.75 * PATIENCE_MS },
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

/** The program; when it has stopped, every promise has to hold, but for tests that break them on purpose. */
export const layerTestProgram = (
  options: TopologyOptions = testTopology(),
  { breaksPromises = false }: { readonly breaksPromises?: boolean } = {}
) =>
  Layer.effect(
    TestProgram,
    Effect.gen(function* () {
      const { databases, owner } = yield* freshDatabases
      if (!breaksPromises) yield* promisesKeptAtTheEnd(databases, options)
      const services = layerServices(databases, options)
      const context = yield* Layer.build(layerDoor(databases, { port: 0 }).pipe(Layer.provideMerge(services)))
      const url = yield* urlOf(context)
      return {
        url,
        client: makeTestClient(url),
        owner,
        verify: Context.get(context, VerifyPromises),
        databases
      }
    })
  )

import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { layerExample } from "./ExampleService.ts"
import { send } from "./Exchange.ts"

const database = { name: "database", ok: "connected", neededToServe: true } as const
const inventory = { name: "inventory-service", ok: "reachable", neededToServe: false } as const

layer(
  layerExample({
    probes: [
      { ...database, check: Effect.void },
      { ...inventory, check: Effect.void }
    ]
  }),
  { excludeTestServices: true }
)("a service whose dependencies are there", (it) => {
  it.effect("is healthy and ready", () =>
    Effect.gen(function* () {
      const { status, json } = yield* send("/health")
      expect(status).toBe(200)
      expect(json).toEqual({
        status: "healthy",
        service: "example",
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        dependencies: { database: "connected", "inventory-service": "reachable" }
      })
      expect(yield* send("/ready")).toMatchObject({ status: 200, json: { status: "ready" } })
    })
  )
})

let looks = 0
const counted = Effect.sync(() => {
  looks += 1
})

layer(layerExample({ probes: [{ ...database, check: counted }] }), { excludeTestServices: true })(
  "a service that is asked for its health all the time",
  (it) => {
    it.effect("looks at its dependencies once a second", () =>
      Effect.gen(function* () {
        const startedAt = Date.now()
        yield* Effect.all(
          Array.from({ length: 50 }, () => send("/health")),
          { concurrency: "unbounded" }
        )
        // On a busy machine they may take longer than a second.
        const looksAtOnce = looks
        expect(looksAtOnce).toBeLessThanOrEqual(1 + (Date.now() - startedAt) / 1_000)
        yield* Effect.repeat(send("/health"), { until: () => looks > looksAtOnce })
        expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000 * looksAtOnce)
      })
    )
  }
)

layer(
  layerExample({
    probes: [
      { ...database, check: Effect.void },
      { ...inventory, check: Effect.die("gone") }
    ]
  }),
  { excludeTestServices: true }
)("a service without a dependency that it can serve without", (it) => {
  it.effect("is degraded and ready", () =>
    Effect.gen(function* () {
      const health = yield* send("/health")
      expect(health.status).toBe(200)
      expect(health.json).toMatchObject({
        status: "degraded",
        dependencies: { database: "connected", "inventory-service": "unreachable" }
      })
      expect((yield* send("/ready")).status).toBe(200)
    })
  )
})

layer(
  layerExample({
    probes: [
      { ...database, check: Effect.never },
      { ...inventory, check: Effect.fail("no") }
    ]
  }),
  {
    excludeTestServices: true
  }
)("a service without a dependency that it needs", (it) => {
  it.effect("is degraded and not ready, and does not wait for a dependency that never answers", () =>
    Effect.gen(function* () {
      // Without the limit of a probe the answer would be the handling limit's, with another code.
      const ready = yield* send("/ready")
      expect(ready.status).toBe(503)
      expect(ready.json).toMatchObject({ code: "not_ready", dependencies: { database: "disconnected" } })
      expect((yield* send("/health")).json).toMatchObject({
        status: "degraded",
        dependencies: { database: "disconnected", "inventory-service": "unreachable" }
      })
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { layerServer } from "@valerix/http"
import { Gremlin, layerDelayed, layerGremlinApi } from "@valerix/resilience"
import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"

const DELAY_MS = 300

class TestGremlin extends Context.Service<TestGremlin, Gremlin<"authorize" | "capture">>()("TestGremlin") {}

/** A service with one endpoint and its gremlin, on a free port. */
const layerService = Layer.unwrap(
  Effect.sync(() => {
    const gremlin = new Gremlin("authorize", "capture")
    const routes = layerDelayed(gremlin, HttpRouter.add("GET", "/stock", HttpServerResponse.text("100")))
    return layerServer(Layer.merge(routes, layerGremlinApi(gremlin)), { service: "test", port: 0 }).pipe(
      Layer.provideMerge(Layer.succeed(TestGremlin, gremlin))
    )
  })
)

const ask = Effect.fnUntraced(function* (path: string, body?: unknown) {
  const base = yield* HttpServer.addressFormattedWith(Effect.succeed)
  return yield* Effect.promise(async () => {
    const startedAt = performance.now()
    const answer = await fetch(`${base}${path}`, {
      ...(body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
    })
    const json: unknown = await answer.json()
    return { status: answer.status, json, tookMs: performance.now() - startedAt }
  })
})

layer(layerService, { excludeTestServices: true })("the endpoints of a gremlin", (it) => {
  it.effect("make the service slow and fast again, and are never slow themselves", () =>
    Effect.gen(function* () {
      const off = { enabled: false, delay_ms: 0 }
      assert.deepStrictEqual((yield* ask("/gremlin/latency")).json, off)
      const on = yield* ask("/gremlin/latency", { enabled: true, delay_ms: DELAY_MS })
      assert.deepStrictEqual([on.status, on.json], [200, { enabled: true, delay_ms: DELAY_MS }])
      const [slow, again] = yield* Effect.all([ask("/stock"), ask("/stock")], { concurrency: "unbounded" })
      for (const { json, status, tookMs } of [slow, again]) {
        assert.deepStrictEqual([status, json], [200, 100])
        assert.isAtLeast(tookMs, DELAY_MS - 1)
      }
      yield* ask("/gremlin/latency", { enabled: true, delay_ms: 60_000 })
      const back = yield* ask("/gremlin/latency", { enabled: false })
      assert.deepStrictEqual(back.json, { enabled: false, delay_ms: 60_000 })
      assert.strictEqual((yield* ask("/stock")).status, 200)
    })
  )

  it.effect("take the commands that are meant, and delay no endpoint then", () =>
    Effect.gen(function* () {
      const gremlin = yield* TestGremlin
      const latency = { enabled: true, delay_ms: 60_000, operations: ["capture"] }
      assert.deepStrictEqual((yield* ask("/gremlin/latency", latency)).json, latency)
      assert.deepStrictEqual(gremlin.latency, { enabled: true, delayMs: 60_000, operations: ["capture"] })
      assert.strictEqual((yield* ask("/stock")).status, 200)
    })
  )

  it.effect("refuse what makes no sense, name the field, and change nothing", () =>
    Effect.gen(function* () {
      const gremlin = yield* TestGremlin
      const before = gremlin.latency
      const bad = [
        [{ delay_ms: 100 }, "enabled"],
        [{ enabled: true, delay_ms: 60_001 }, "delay_ms"],
        [{ enabled: true, delay_ms: -1 }, "delay_ms"],
        [{ enabled: true, delay_ms: 0.5 }, "delay_ms"],
        [{ enabled: true, operations: ["reserve"] }, "operations[0]"],
        [{ enabled: true, operations: [] }, "operations"]
      ] as const
      for (const [body, field] of bad) {
        const { json, status } = yield* ask("/gremlin/latency", body)
        assert.strictEqual(status, 400)
        assert.include(JSON.stringify(json), `"field":"${field}"`)
      }
      assert.strictEqual(gremlin.latency, before)
    })
  )
})

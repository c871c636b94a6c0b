import { expect, layer } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { layerExample } from "./ExampleService.ts"
import { post, send } from "./Exchange.ts"

/** The value of a series: of `name{labels}` as it is written. */
const countOf = (text: string, series: string): number | undefined => {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}
const requests = (method: string, path: string, status: number) =>
  `http_requests_total{service="example",method="${method}",path="${path}",status_code="${status}"}`
const durations = (method: string, path: string) =>
  `http_request_duration_seconds_count{service="example",method="${method}",path="${path}"}`

layer(layerExample(), { excludeTestServices: true })("the metrics of a server", (it) => {
  it.effect("count and time requests by route, method and status, in the format of Prometheus", () =>
    Effect.gen(function* () {
      for (const _ of [1, 2]) yield* send(`/api/v1/orders/${makeOrderId()}`)
      yield* post("/api/v1/orders", {})
      yield* send("/api/v1/defect")
      const { headers, text } = yield* send("/metrics")
      expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/)
      expect(text).toContain("# TYPE http_requests_total counter")
      expect(text).toContain("# TYPE http_request_duration_seconds histogram")
      expect(countOf(text, requests("GET", "/api/v1/orders/:order_id", 404))).toBe(2)
      expect(countOf(text, requests("POST", "/api/v1/orders", 400))).toBe(1)
      expect(countOf(text, requests("GET", "/api/v1/defect", 500))).toBe(1)
      expect(countOf(text, durations("GET", "/api/v1/orders/:order_id"))).toBe(2)
      expect(text).toContain('path="/api/v1/orders/:order_id",le="+Inf"} 2')
    })
  )

  it.effect("have one series for all paths that lead nowhere, and repeat no path that a caller made up", () =>
    Effect.gen(function* () {
      for (const path of ["/nowhere/one", "/nowhere/two?token=secret", "/%00", "/api/v1/orders/1/2/3"])
        yield* send(path)
      const { text } = yield* send("/metrics")
      expect(countOf(text, requests("GET", "unmatched", 404))).toBe(4)
      expect(text).not.toMatch(/nowhere|secret|%00/)
    })
  )

  it.effect("count themselves, health and what is asked for with HEAD by the route that it takes", () =>
    Effect.gen(function* () {
      yield* send("/health", { method: "HEAD" })
      yield* send("/metrics")
      const { text } = yield* send("/metrics")
      expect(countOf(text, requests("HEAD", "/health", 200))).toBe(1)
      expect(countOf(text, requests("GET", "/metrics", 200))).toBeGreaterThanOrEqual(1)
    })
  )

  it.effect("are each server's own, though many are in one process", () =>
    Effect.gen(function* () {
      yield* send("/api/v1/tenant")
      const other = yield* Layer.build(Layer.fresh(layerExample()))
      const { text } = yield* Effect.provide(send("/metrics"), other)
      expect(yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), other)).not.toBe(
        yield* HttpServer.addressFormattedWith(Effect.succeed)
      )
      expect(text).not.toContain("/tenant")
    })
  )
})

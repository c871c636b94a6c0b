import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { LogLines, layerExample } from "./ExampleService.ts"
import { send } from "./Exchange.ts"

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

layer(layerExample(), { excludeTestServices: true })("the correlation id", (it) => {
  it.effect("is the caller's, in the handler and in the answer", () =>
    Effect.gen(function* () {
      const { headers, json } = yield* send("/api/v1/correlation", { headers: { "X-Correlation-ID": "shop:order.7" } })
      expect(json).toEqual({ id: "shop:order.7" })
      expect(headers["x-correlation-id"]).toBe("shop:order.7")
    })
  )

  it.effect("is a new one when the caller gives none or one that cannot be taken", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      for (const headers of [{}, { "x-correlation-id": "x".repeat(129) }, { "x-correlation-id": "a b" }]) {
        const answer = yield* send("/api/v1/correlation", { headers })
        expect(answer.headers["x-correlation-id"]).toMatch(UUID_V7)
        expect(answer.json).toEqual({ id: answer.headers["x-correlation-id"] })
        seen.add(String(answer.json["id"]))
      }
      expect(seen.size).toBe(3)
    })
  )

  it.effect("is on what the request logs", () =>
    Effect.gen(function* () {
      yield* send("/api/v1/correlation", { headers: { "x-correlation-id": "logged-1" } })
      const own = (yield* LogLines).filter((line) => line.includes('"correlation_id":"logged-1"'))
      expect(own.map((line) => JSON.parse(line).message)).toEqual(["was asked for the correlation id"])
    })
  )
})

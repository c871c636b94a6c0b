import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { layerExample } from "./ExampleService.ts"
import { send } from "./Exchange.ts"

const PAGE = "http://localhost:3000"
const LOCAL = [PAGE, "http://127.0.0.1:5173", "http://[::1]:8080", "https://localhost"]
const FOREIGN = ["https://evil.example", "http://localhost.evil.example", "http://localhost:3000.evil.example", "null"]

const preflight = (origin: string) =>
  send("/api/v1/orders", {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,idempotency-key"
    }
  })

layer(layerExample({ allowsLocalPages: true }), { excludeTestServices: true })(
  "a server that pages of this machine may call",
  (it) => {
    it.effect("says so to a page on another port, and that it may read the answer, problems too", () =>
      Effect.gen(function* () {
        for (const origin of LOCAL) {
          const { headers, status } = yield* preflight(origin)
          expect(status).toBe(204)
          expect(headers["access-control-allow-origin"]).toBe(origin)
          expect(headers["access-control-allow-methods"]).toContain("POST")
          expect(headers["access-control-allow-headers"]).toBe("content-type,idempotency-key")
        }
        for (const path of ["/api/v1/correlation", "/nowhere"]) {
          const { headers } = yield* send(path, { headers: { origin: PAGE } })
          expect(headers["access-control-allow-origin"]).toBe(PAGE)
          expect(headers["access-control-expose-headers"]).toContain("x-correlation-id")
        }
      })
    )

    it.effect("lets no page from elsewhere, and answers programs as ever", () =>
      Effect.gen(function* () {
        for (const origin of FOREIGN) {
          expect((yield* preflight(origin)).headers["access-control-allow-origin"]).toBeUndefined()
          const { headers } = yield* send("/api/v1/correlation", { headers: { origin } })
          expect(headers["access-control-allow-origin"]).toBeUndefined()
        }
        expect((yield* send("/api/v1/correlation")).status).toBe(200)
      })
    )
  }
)

layer(layerExample(), { excludeTestServices: true })("a server that was not told to", (it) => {
  it.effect("lets no page call it", () =>
    Effect.gen(function* () {
      expect((yield* preflight(PAGE)).status).toBe(405)
      const { headers } = yield* send("/api/v1/correlation", { headers: { origin: PAGE } })
      expect(headers["access-control-allow-origin"]).toBeUndefined()
    })
  )
})

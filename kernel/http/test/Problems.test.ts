import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { LogLines, layerExample } from "./ExampleService.ts"
import { type Answer, post, send } from "./Exchange.ts"

const ORDERS = "/api/v1/orders"
const SOME_ID = "01900000-0000-7000-8000-00000000000a"
const item = { sku: "PROD-001", quantity: 1 }

const Fault = Schema.Struct({ field: Schema.String, message: Schema.String })
const faults = ({ json }: Answer) => Schema.decodeUnknownSync(Schema.Array(Fault))(json["errors"])
const fields = (answer: Answer) => faults(answer).map(({ field }) => field)

const refusedAs = (answer: Answer, status: number, code: string) => {
  expect(answer.headers["content-type"]).toBe("application/problem+json")
  expect({ status: answer.status, code: answer.json["code"] }).toEqual({ status, code })
  expect(answer.json["status"]).toBe(status)
  expect(answer.json["type"]).toBe(`urn:valerix:problem:${code}`)
  expect(answer.json["correlation_id"]).toBe(answer.headers["x-correlation-id"])
}

const service = layerExample({ handlingMaxMs: 200 })

layer(service, { excludeTestServices: true })("a problem document", (it) => {
  it.effect("has what the contract declared, the detail of this time and the correlation id", () =>
    Effect.gen(function* () {
      const { status, headers, json } = yield* send(`${ORDERS}/${SOME_ID}`, { headers: { "x-correlation-id": "c-1" } })
      expect(status).toBe(404)
      expect(headers["content-type"]).toBe("application/problem+json")
      expect(json).toEqual({
        type: "urn:valerix:problem:order_not_found",
        title: "There is no such order.",
        status: 404,
        code: "order_not_found",
        detail: "It was never placed.",
        order_id: SOME_ID,
        correlation_id: "c-1"
      })
    })
  )

  it.effect("tells a path that does not exist from a method that the path does not have", () =>
    Effect.gen(function* () {
      refusedAs(yield* send("/api/v1/nothing"), 404, "route_not_found")
      const wrongMethod = yield* send(ORDERS, { method: "DELETE" })
      refusedAs(wrongMethod, 405, "method_not_allowed")
      expect(wrongMethod.headers["allow"]).toBe("GET, HEAD, POST")
      expect((yield* send(`${ORDERS}/${SOME_ID}`, { method: "PUT" })).headers["allow"]).toBe("GET, HEAD")
    })
  )

  it.effect("of a bug says nothing about it, and the log has the cause under the correlation id", () =>
    Effect.gen(function* () {
      const answer = yield* send("/api/v1/defect", { headers: { "x-correlation-id": "bug-1" } })
      refusedAs(answer, 500, "internal_error")
      expect(answer.text).not.toMatch(/SELECT|\.ts|Error:|node/)
      const line = (yield* LogLines).find((text) => text.includes("bug-1"))
      expect(JSON.parse(line ?? "{}")).toMatchObject({
        level: "error",
        correlation_id: "bug-1",
        annotations: { path: "/api/v1/defect", status: 500 },
        error: { tag: "Error", message: "SELECT secret FROM /srv/app.ts" }
      })
    })
  )

  it.effect("of an answer that breaks its own contract is a fault of ours", () =>
    Effect.gen(function* () {
      refusedAs(yield* send("/api/v1/unencodable"), 500, "internal_error")
    })
  )

  it.effect("of a lost database says when to come back", () =>
    Effect.gen(function* () {
      const answer = yield* send("/api/v1/database")
      refusedAs(answer, 503, "temporarily_unavailable")
      expect(answer.headers["retry-after"]).toBe("1")
    })
  )

  it.effect("ends a request that is handled for too long", () =>
    Effect.gen(function* () {
      const answer = yield* send("/api/v1/never")
      refusedAs(answer, 503, "temporarily_unavailable")
      expect(answer.json["detail"]).toBe("The request was not done within 0.2 s.")
    })
  )
})

layer(service, { excludeTestServices: true })("a request that is refused", (it) => {
  it.effect("learns of every field at fault at once, wherever it is", () =>
    Effect.gen(function* () {
      const answer = yield* post(
        `${ORDERS}?limit=1`,
        { items: [item, { sku: "", quantity: 0, colour: "red" }], surprise: true },
        { "idempotency-key": "" }
      )
      refusedAs(answer, 400, "validation_error")
      expect(new Set(fields(answer))).toEqual(
        new Set([
          "header Idempotency-Key",
          "query limit",
          "items[1].sku",
          "items[1].quantity",
          "items[1].colour",
          "surprise"
        ])
      )
      const list = yield* send(`${ORDERS}?limit=101&limit=3&page=2`)
      expect(new Set(fields(list))).toEqual(new Set(["query limit", "query page"]))
      expect(fields(yield* send(`${ORDERS}/42`))).toEqual(["path order_id"])
    })
  )

  it.effect("learns what each field must be, and is never quoted", () =>
    Effect.gen(function* () {
      const answer = yield* post(ORDERS, { items: [{ sku: 7, quantity: "many" }, { quantity: 1 }] })
      expect(faults(answer)).toEqual([
        { field: "items[0].sku", message: "must be a string" },
        { field: "items[0].quantity", message: "must be a number" },
        { field: "items[1].sku", message: "is required" }
      ])
      const fraction = yield* post(ORDERS, { items: [{ sku: "A", quantity: 1.5 }] })
      expect(faults(fraction)).toEqual([{ field: "items[0].quantity", message: "must be a whole number" }])
      expect(answer.text).not.toContain("many")
    })
  )

  it.effect("gets names back without control characters", () =>
    Effect.gen(function* () {
      const answer = yield* post(ORDERS, { items: [item], "a\u001b[31mb\n": 1, "x.y": 2 })
      expect(fields(answer)).toEqual(['["a?[31mb?"]', '["x.y"]'])
    })
  )

  it.effect("is told of 100 fields at most, and how many there are", () =>
    Effect.gen(function* () {
      const answer = yield* post(ORDERS, { items: Array.from({ length: 150 }, () => ({ sku: "", quantity: 1 })) })
      expect(faults(answer)).toHaveLength(100)
      expect(answer.json["detail"]).toBe("150 fields are at fault; the first 100 are listed.")
    })
  )

  it.effect("is told that a body is needed", () =>
    Effect.gen(function* () {
      const answer = yield* post(ORDERS, "")
      expect(faults(answer)).toEqual([{ field: "body", message: "is required" }])
      expect(fields(yield* post(ORDERS, "[]"))).toEqual(["body"])
    })
  )

  it.effect("hears that its JSON cannot be read", () =>
    Effect.gen(function* () {
      for (const body of ["{", '{"items":}', "nonsense", "{} {}", '{"a":"\u0001"}']) {
        refusedAs(yield* post(ORDERS, body), 400, "malformed_json")
      }
      const invalidUtf8 = yield* post(ORDERS, Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))
      refusedAs(invalidUtf8, 400, "malformed_json")
      expect(invalidUtf8.json["detail"]).toBe("The body is not valid UTF-8.")
    })
  )

  it.effect("may nest 32 deep and no deeper", () =>
    Effect.gen(function* () {
      const nested = (depth: number) =>
        `{"items":[{"sku":"A","quantity":1}],"metadata":${"[".repeat(depth)}${"]".repeat(depth)}}`
      expect((yield* post(ORDERS, nested(31))).status).toBe(202)
      refusedAs(yield* post(ORDERS, nested(32)), 400, "malformed_json")
      refusedAs(yield* post(ORDERS, nested(100_000)), 400, "malformed_json")
    })
  )

  it.effect("may not give a field twice", () =>
    Effect.gen(function* () {
      const answer = yield* post(ORDERS, '{"items":[{"sku":"A","quantity":1,"qu\\u0061ntity":2}]}')
      expect(faults(answer)).toEqual([{ field: "items[0].quantity", message: "is given more than once" }])
    })
  )

  it.effect("may not hold what the database cannot store", () =>
    Effect.gen(function* () {
      for (const sku of ["\\u0000", "a\\ud800b"]) {
        const answer = yield* post(ORDERS, `{"items":[{"sku":"A","quantity":1},{"sku":"${sku}","quantity":1}]}`)
        refusedAs(answer, 400, "validation_error")
        expect(fields(answer)).toEqual(["items[1].sku"])
      }
      expect(fields(yield* send(`${ORDERS}?search=a%00b`))).toEqual(["query search"])
      expect(fields(yield* send(`${ORDERS}/a%00b`))).toContain("path order_id")
      expect((yield* post(ORDERS, '{"items":[{"sku":"\\ud83d\\ude00 \\\\u0000","quantity":1}]}')).status).toBe(202)
    })
  )

  it.effect("may not bring a body of another media type, encoding or character set", () =>
    Effect.gen(function* () {
      const body = { items: [item] }
      refusedAs(yield* post(ORDERS, body, { "content-type": "text/plain" }), 415, "unsupported_media_type")
      refusedAs(yield* post(ORDERS, body, { "content-encoding": "gzip" }), 415, "unsupported_media_type")
      refusedAs(
        yield* post(ORDERS, body, { "content-type": "application/json; charset=utf-16" }),
        415,
        "unsupported_media_type"
      )
      expect((yield* post(ORDERS, body, { "content-type": 'Application/JSON; charset="UTF-8"' })).status).toBe(202)
      const bytes = new TextEncoder().encode(JSON.stringify(body))
      const untyped = yield* send(ORDERS, { method: "POST", headers: { "idempotency-key": "k" }, body: bytes })
      refusedAs(untyped, 415, "unsupported_media_type")
    })
  )

  it.effect("may have a body of a mebibyte and not a byte more", () =>
    Effect.gen(function* () {
      const order = (bytes: number) => {
        const frame = '{"items":[{"sku":"A","quantity":1}],"note":""}'
        return `${frame.slice(0, -2)}${"x".repeat(bytes - frame.length)}"}`
      }
      expect((yield* post(ORDERS, order(1_048_576))).status).toBe(202)
      refusedAs(yield* post(ORDERS, order(1_048_577)), 413, "body_too_large")
    })
  )
})

layer(service, { excludeTestServices: true })("an answer", (it) => {
  it.effect("repeats no control characters as they are, nor what reorders or hides text, and says the same", () =>
    Effect.gen(function* () {
      const harmful = "a\u001b[31m\u007f\u0085\u009b\u00ad\u200b\u202e\u2028\u2066\ufeff\u{e0041}\r\n"
      const answer = yield* send(`/api/v1/echo?text=${encodeURIComponent(harmful)}`)
      expect(answer.text).toMatch(/^[ -~]+$/)
      expect(answer.json).toEqual({ text: harmful })
      expect(answer.headers["content-length"]).toBe(String(answer.text.length))
    })
  )

  it.effect("leaves the letters of all languages as they are", () =>
    Effect.gen(function* () {
      const text = "Käse, 字, \u05e9\u05dc\u05d5\u05dd, 😀"
      expect((yield* send(`/api/v1/echo?text=${encodeURIComponent(text)}`)).text).toBe(JSON.stringify({ text }))
    })
  )
})

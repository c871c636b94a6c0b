import { expect, layer } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { Gate, LogLines, layerExample } from "./ExampleService.ts"
import { type Answer, open, send } from "./Exchange.ts"

const order = '{"items":[{"sku":"A","quantity":1}]}'
const postHead = (headers: string) =>
  `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n${headers}\r\n`
const postOrder = `${postHead(`Content-Length: ${order.length}\r\n`)}${order}`
const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

const refusedAs = ({ status, headers, json }: Answer, expected: number, code: string) => {
  expect({ status, code: json["code"] }).toEqual({ status: expected, code })
  expect(headers["content-type"]).toBe("application/problem+json")
  expect(json["correlation_id"]).toBe(headers["x-correlation-id"])
  expect(headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/)
}

layer(layerExample(), { excludeTestServices: true })("a connection", (it) => {
  it.effect("that does not speak HTTP is told so and closed", () =>
    Effect.gen(function* () {
      for (const bytes of [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "CONNECT elsewhere:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n",
        postHead("Content-Length: abc\r\n"),
        postHead("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        `${postHead("Transfer-Encoding: chunked\r\n")}zz\r\n`
      ]) {
        const connection = yield* open()
        connection.write(bytes)
        const answer = yield* connection.answer()
        refusedAs(answer, 400, "malformed_request")
        expect(answer.headers["connection"]).toBe("close")
        yield* connection.closed
      }
    })
  )

  it.effect("with too many headers is refused", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(get("/health", `X-Long: ${"x".repeat(20_000)}\r\n`))
      refusedAs(yield* connection.answer(), 431, "headers_too_large")
      yield* connection.closed
    })
  )

  it.effect("needs a Host in HTTP/1.1 and none in HTTP/1.0", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write("GET /health HTTP/1.1\r\n\r\n")
      refusedAs(yield* connection.answer(), 400, "malformed_request")
      const older = yield* open()
      older.write("GET /health HTTP/1.0\r\n\r\n")
      expect((yield* older.answer()).status).toBe(200)
    })
  )

  it.effect("carries one request after another, also when they are sent together", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(postOrder + get("/api/v1/correlation", "X-Correlation-ID: second\r\n") + postOrder)
      expect((yield* connection.answer(1)).status).toBe(202)
      expect((yield* connection.answer(2)).json).toEqual({ id: "second" })
      expect((yield* connection.answer(3)).status).toBe(202)
    })
  )

  it.effect("stays in step when a body is refused or not read", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(`${postHead("Content-Length: 9\r\n")}{"items":${postOrder}`)
      refusedAs(yield* connection.answer(1), 400, "malformed_json")
      expect((yield* connection.answer(2)).status).toBe(202)
      connection.write(postOrder.replace("application/json", "text/plain") + postOrder)
      refusedAs(yield* connection.answer(3), 415, "unsupported_media_type")
      expect((yield* connection.answer(4)).status).toBe(202)
      connection.write(postOrder.replace("/orders", "/nothing") + postOrder)
      refusedAs(yield* connection.answer(5), 404, "route_not_found")
      expect((yield* connection.answer(6)).status).toBe(202)
      const smuggled = get("/health")
      connection.write(`${get("/api/v1/correlation", `Content-Length: ${smuggled.length}\r\n`)}${smuggled}${postOrder}`)
      expect((yield* connection.answer(7)).json).toHaveProperty("id")
      expect((yield* connection.answer(8)).status).toBe(202)
    })
  )

  it.effect("hears that a declared body is too large before it is sent, and is closed", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(postHead("Content-Length: 1048577\r\nExpect: 100-continue\r\n"))
      const answer = yield* connection.answer()
      refusedAs(answer, 413, "body_too_large")
      expect(answer.headers["connection"]).toBe("close")
      yield* connection.closed
    })
  )

  it.effect("hears that a body of unknown length is too large before it ends, and is closed", () =>
    Effect.gen(function* () {
      for (const expectation of ["", "Expect: 100-continue\r\n"]) {
        const connection = yield* open()
        connection.write(postHead(`Transfer-Encoding: chunked\r\n${expectation}`))
        for (let sent = 0; sent <= 1_048_576; sent += 65_536) connection.write(chunk("x".repeat(65_536)))
        const answer = yield* connection.answer()
        refusedAs(answer, 413, "body_too_large")
        expect(answer.headers["connection"]).toBe("close")
        yield* connection.closed
      }
    })
  )

  it.effect("may send its body in chunks, and after asking whether to", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(
        `${postHead("Transfer-Encoding: chunked\r\n")}${chunk(order.slice(0, 7))}${chunk(order.slice(7))}0\r\n\r\n`
      )
      expect((yield* connection.answer(1)).status).toBe(202)
      connection.write(postHead(`Content-Length: ${order.length}\r\nExpect: 100-continue\r\n`))
      yield* connection.until(({ isContinued }) => isContinued)
      connection.write(order)
      expect((yield* connection.answer(2)).status).toBe(202)
    })
  )

  it.effect("is answered in HTTP/1.1 whatever it offers to upgrade to or expects", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(get("/health", "Connection: Upgrade\r\nUpgrade: h2c\r\n"))
      expect((yield* connection.answer(1)).status).toBe(200)
      connection.write(get("/health", "Expect: miracles\r\n"))
      expect((yield* connection.answer(2)).status).toBe(200)
    })
  )

  it.effect("that its caller gives up ends the handling of its request, and nobody is alarmed", () =>
    Effect.gen(function* () {
      const { entered, left } = yield* Gate
      const connection = yield* open()
      connection.write(get("/api/v1/gate", "X-Correlation-ID: gave-up\r\n"))
      yield* Queue.take(entered)
      connection.end()
      yield* Queue.take(left)
      yield* send("/health")
      expect((yield* LogLines).filter((line) => line.includes("gave-up"))).toEqual([])
    })
  )

  it.effect("gets the answer to a good request before the refusal of what follows it", () =>
    Effect.gen(function* () {
      const { entered, open: gateOpen } = yield* Gate
      const connection = yield* open()
      connection.write(`${get("/api/v1/gate")}nonsense\r\n\r\n`)
      yield* Queue.take(entered)
      yield* Queue.offer(gateOpen, undefined)
      expect((yield* connection.answer(1)).status).toBe(200)
      refusedAs(yield* connection.answer(2), 400, "malformed_request")
      yield* connection.closed
    })
  )
})

const hasty = layerExample({ limits: { headersMaxMs: 200, requestMaxMs: 400, stopMaxMs: 1_000 } })

layer(hasty, { excludeTestServices: true })("a request that arrives too slowly", (it) => {
  it.effect("is refused while its headers are missing", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write("GET /health HTTP/1.1\r\nHost: x\r\n")
      refusedAs(yield* connection.answer(), 408, "request_timeout")
      yield* connection.closed
    })
  )

  it.effect("is refused while its body is missing", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(`${postHead("Content-Length: 100\r\n")}{"items":`)
      refusedAs(yield* connection.answer(), 408, "request_timeout")
      yield* connection.closed
    })
  )
})

layer(layerExample({ handlingMaxMs: 100 }), { excludeTestServices: true })("the limit on handling a request", (it) => {
  it.effect("does not count the time that its body takes to arrive", () =>
    Effect.gen(function* () {
      const connection = yield* open()
      connection.write(postHead(`Content-Length: ${order.length}\r\nExpect: 100-continue\r\n`))
      yield* connection.until(({ isContinued }) => isContinued)
      expect((yield* send("/api/v1/never")).status).toBe(503)
      connection.write(order)
      expect((yield* connection.answer()).status).toBe(202)
    })
  )
})

import { connect } from "node:net"
import { networkInterfaces } from "node:os"
import { expect, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Queue, Scope } from "effect"
import { HttpServer } from "effect/http"
import { Gate, layerExample } from "./ExampleService.ts"
import { open, send } from "./Exchange.ts"

/** Starts the example in a scope of its own, so that a test can stop it. */
const start = Effect.fnUntraced(function* (options: Parameters<typeof layerExample>[0]) {
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(layerExample(options), scope)
  yield* Effect.addFinalizer((exit) => Scope.close(scope, exit))
  return { context, gate: Context.get(context, Gate), stop: Scope.close(scope, Exit.void) }
})

const portOf = (context: Context.Context<HttpServer.HttpServer>) =>
  Effect.map(HttpServer.addressFormattedWith(Effect.succeed), (url) => Number(new URL(url).port)).pipe(
    Effect.provideContext(context)
  )

const canConnect = (host: string, port: number) =>
  Effect.callback<boolean>((resume) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const done = (isOpen: boolean) => {
      socket.destroy()
      resume(Effect.succeed(isOpen))
    }
    socket.on("connect", () => done(true))
    socket.on("error", () => done(false))
    socket.on("timeout", () => done(false))
  })

const GATE = "GET /api/v1/gate HTTP/1.1\r\nHost: x\r\n\r\n"

it.live("a server can be reached over loopback and from nowhere else", () =>
  Effect.gen(function* () {
    const { context } = yield* start({})
    const port = yield* portOf(context)
    expect(yield* canConnect("127.0.0.1", port)).toBe(true)
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4")
    for (const { address } of outside) expect(yield* canConnect(address, port)).toBe(false)
  }).pipe(Effect.scoped)
)

it.live("a server says which port is taken and which variable moves it", () =>
  Effect.gen(function* () {
    const { context } = yield* start({})
    const port = yield* portOf(context)
    const error = yield* Effect.flip(Effect.scoped(Layer.build(layerExample({ port }))))
    expect(error._tag).toBe("CannotListen")
    expect(error.message).toBe(`Port ${port} is in use already. Set EXAMPLE_PORT to another port, or free this one.`)
  }).pipe(Effect.scoped)
)

it.live("a server that stops finishes what is in flight and closes what is idle at once", () =>
  Effect.gen(function* () {
    const { context, gate, stop } = yield* start({})
    const [busy, idle, fresh] = yield* Effect.all([open(), open(), open()]).pipe(Effect.provideContext(context))
    idle.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    expect((yield* idle.answer()).status).toBe(200)
    busy.write(GATE)
    yield* Queue.take(gate.entered)
    const stopping = yield* Effect.forkChild(stop, { startImmediately: true })
    yield* idle.closed
    yield* fresh.closed
    expect(yield* canConnect("127.0.0.1", yield* portOf(context))).toBe(false)
    expect(busy.isClosed).toBe(false)
    yield* Queue.offer(gate.open, undefined)
    const answer = yield* busy.answer()
    expect(answer.status).toBe(200)
    expect(answer.headers["connection"]).toBe("close")
    yield* busy.closed
    yield* Fiber.join(stopping)
  }).pipe(Effect.scoped)
)

it.live("a server that stops cuts what does not finish in time", () =>
  Effect.gen(function* () {
    const { context, gate, stop } = yield* start({
      limits: { headersMaxMs: 10_000, requestMaxMs: 30_000, stopMaxMs: 200 }
    })
    const [busy, halfway] = yield* Effect.all([open(), open()]).pipe(Effect.provideContext(context))
    busy.write(GATE)
    halfway.write("GET /health HTTP/1.1\r\n")
    yield* Queue.take(gate.entered)
    yield* stop
    yield* busy.closed
    yield* halfway.closed
  }).pipe(Effect.scoped)
)

layer(layerExample(), { excludeTestServices: true })("an answer", (test) => {
  test.effect("has no header that tells what it is made with, and is neither sniffed nor stored", () =>
    Effect.gen(function* () {
      const { headers } = yield* send("/api/v1/correlation")
      expect(headers["server"]).toBeUndefined()
      expect(headers["x-powered-by"]).toBeUndefined()
      expect(headers["x-content-type-options"]).toBe("nosniff")
      expect(headers["cache-control"]).toBe("no-store")
    })
  )

  test.effect("to HEAD is that to GET without the body", () =>
    Effect.gen(function* () {
      const head = yield* send("/ready", { method: "HEAD" })
      const get = yield* send("/ready")
      expect(head.status).toBe(200)
      expect(head.text).toBe("")
      expect(head.headers["content-length"]).toBe(get.headers["content-length"])
    })
  )
})

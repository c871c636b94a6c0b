import { createServer, type Server } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Data, Effect, Layer, Predicate } from "effect"
import { HttpServer, type HttpServerError } from "effect/http"
import { Connections } from "./Connections.ts"

const HEADERS_MAX_BYTES = 16_384
const CONNECTIONS_MAX = 10_000
const KEEP_ALIVE_MS = 65_000
const CONNECTION_SILENT_MAX_MS = 120_000
const TIMEOUTS_CHECKED_EVERY_MS = 500

/** The server could not listen; the message says why and what to do about it. */
export class CannotListen extends Data.TaggedError("CannotListen")<{
  readonly message: string
  readonly port: number
  readonly cause: unknown
}> {}

export interface ListenOptions {
  /** 0 lets the system choose a free port; `HttpServer.address` has the one it chose. */
  readonly port: number
  /** 127.0.0.1 by default: nobody outside this machine can connect. */
  readonly host?: string
  /** The environment variable that sets the port, for the message when it is taken. `PORT` by default. */
  readonly portVariable?: string
}

/** The limits of time that a server keeps, for tests to shorten. */
export interface ServerLimits {
  /** For a request's header section to arrive. */
  readonly headersMaxMs: number
  /** For a whole request to arrive, its body included. */
  readonly requestMaxMs: number
  /** For requests in flight to finish when the server stops. */
  readonly stopMaxMs: number
}

export const SERVER_LIMITS: ServerLimits = { headersMaxMs: 10_000, requestMaxMs: 30_000, stopMaxMs: 10_000 }

/**
 * The HTTP server of a service, on loopback unless told otherwise. When it stops, it accepts nobody any more, closes
 * idle connections at once, lets requests in flight finish for 10 s, and cuts what is left.
 */
export const layerHttpServer = (listen: ListenOptions, limits: ServerLimits = SERVER_LIMITS) =>
  Layer.merge(Layer.effect(HttpServer.HttpServer, makeHttpServer(listen, limits)), NodeHttpServer.layerHttpServices)

const makeHttpServer = Effect.fnUntraced(function* (listen: ListenOptions, limits: ServerLimits) {
  const { port, host = "127.0.0.1" } = listen
  const server = createNodeServer(limits)
  const connections = new Connections(server)
  const platform = yield* NodeHttpServer.make(() => server, {
    port,
    host,
    gracefulShutdownTimeout: limits.stopMaxMs
  }).pipe(Effect.mapError((error) => cannotListen(listen, error)))
  const warn = Effect.runForkWith(yield* Effect.context())
  server.on("error", (error) => warn(Effect.logWarning("the HTTP server had an error", error)))
  yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
  return HttpServer.make({
    address: platform.address,
    serve: (app, middleware) =>
      Effect.andThen(
        middleware === undefined ? platform.serve(app) : platform.serve(app, middleware),
        Effect.addFinalizer(() => Effect.sync(() => connections.stop()))
      )
  })
})

const createNodeServer = (limits: ServerLimits): Server => {
  const server = createServer({
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: limits.headersMaxMs,
    requestTimeout: limits.requestMaxMs,
    connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request without Host is refused with a problem document at the door.
    requireHostHeader: false,
    // An offer to upgrade is declined by answering in HTTP/1.1 (RFC 9110 section 7.8).
    shouldUpgradeCallback: () => false
  })
  // An expectation other than 100-continue may be ignored (RFC 9110 section 10.1.1).
  server.on("checkExpectation", (request, answer) => server.emit("request", request, answer))
  server.maxConnections = CONNECTIONS_MAX
  // A caller that takes its answer in no more, or a stream without a heartbeat, is cut.
  server.timeout = CONNECTION_SILENT_MAX_MS
  return server
}

const cannotListen = (
  { port, host = "127.0.0.1", portVariable = "PORT" }: ListenOptions,
  { cause }: HttpServerError.ServeError
): CannotListen => {
  const code = Predicate.hasProperty(cause, "code") ? cause.code : undefined
  const why =
    code === "EADDRINUSE"
      ? `Port ${port} is in use already`
      : code === "EACCES"
        ? `Port ${port} may not be used by this user`
        : `Cannot listen on ${host} port ${port}`
  return new CannotListen({ message: `${why}. Set ${portVariable} to another port, or free this one.`, port, cause })
}

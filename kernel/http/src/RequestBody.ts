import { isUtf8 } from "node:buffer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { ByteSize, Effect, Schema } from "effect"
import { HttpIncomingMessage, type HttpServerError, type HttpServerRequest } from "effect/http"
import { JSON_DEPTH_MAX, type JsonFault, scanJson } from "./JsonScan.ts"
import { BodyTooLarge, MalformedJson, ValidationError } from "./StandardProblems.ts"

/** How large the body of a request may be. */
export const BODY_MAX_BYTES = 1_048_576

const BACKSLASH = 0x5c

const tooLarge = () => new BodyTooLarge({ detail: `A body has at most ${BODY_MAX_BYTES} bytes.` })

/**
 * The bytes of a request's body, read once. Dies with BodyTooLarge as soon as it is known to be too large: by its
 * Content-Length before anything is read, without one when the limit is passed. What follows is not read.
 */
export const readBody = (
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Buffer, HttpServerError.HttpServerError> => {
  const declared = request.headers["content-length"]
  if (declared !== undefined && Number(declared) > BODY_MAX_BYTES) return Effect.die(tooLarge())
  // Only the platform's own reader sends the "100 Continue" that such a client waits for.
  return request.headers.expect === undefined ? readFromSocket(request) : readThroughPlatform(request)
}

const readFromSocket = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const message = NodeHttpServerRequest.toIncomingMessage(request)
    const chunks: Array<Buffer> = []
    let bytes = 0
    const stop = () => {
      message.off("data", onData)
      message.off("end", onEnd)
      message.off("error", onError)
    }
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= BODY_MAX_BYTES) return
      stop()
      message.pause()
      resume(Effect.die(tooLarge()))
    }
    const onEnd = () => {
      stop()
      const [first] = chunks
      resume(Effect.succeed(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)))
    }
    const onError = () => {
      stop()
      resume(Effect.interrupt)
    }
    message.on("data", onData)
    message.on("end", onEnd)
    message.on("error", onError)
    return Effect.sync(stop)
  })

const readThroughPlatform = (
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Buffer, HttpServerError.HttpServerError> =>
  request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(BODY_MAX_BYTES)),
    Effect.catchIf(
      ({ reason }) => reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge",
      () => Effect.die(tooLarge())
    ),
    Effect.map((bytes) => Buffer.from(bytes))
  )

/** The text of a JSON body that has none of the faults of JsonScan.ts. Dies with the problem if it has one. */
export const checkedJson = (bytes: Buffer): Effect.Effect<string> => {
  if (!isUtf8(bytes)) return Effect.die(new MalformedJson({ detail: "The body is not valid UTF-8." }))
  const text = bytes.toString("utf8")
  const fault = scanJson(text, bytes.includes(BACKSLASH))
  return fault === undefined ? Effect.succeed(text) : Effect.die(problemOf(fault))
}

const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))

/** The value of a JSON text. Dies with MalformedJson if it is not JSON. */
export const parseJson = (text: string): Effect.Effect<Schema.Json> =>
  Effect.catch(decodeJson(text), () => Effect.die(malformed(text)))

/** Why a text is not JSON, with the place of the mistake where the parser tells it. */
export const malformed = (text: string): MalformedJson => {
  try {
    JSON.parse(text)
  } catch (error) {
    const place = error instanceof SyntaxError ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined
    return new MalformedJson(place === undefined ? {} : { detail: `The JSON breaks off or goes wrong at ${place}.` })
  }
  return new MalformedJson()
}

const problemOf = (fault: JsonFault) =>
  fault.kind === "TooDeep"
    ? new MalformedJson({ detail: `Arrays and objects may lie at most ${JSON_DEPTH_MAX} deep inside each other.` })
    : new ValidationError({ errors: [{ field: fault.field, message: fault.message }] })

import { Cause, Effect, type Fiber, LogLevel, References } from "effect"
import { HttpServerError, type HttpServerRequest, type HttpServerResponse } from "effect/http"

/**
 * Writes the line of a request that was answered: at debug, and of those answered 5xx at warn, or at error with the
 * cause where the fault is ours. Gives back the answer.
 */
export const logAnswer = (
  fiber: Fiber.Fiber<unknown, unknown>,
  request: HttpServerRequest.HttpServerRequest,
  answer: HttpServerResponse.HttpServerResponse,
  durationMs: number,
  cause: Cause.Cause<unknown> = Cause.empty
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const isOurFault = answer.status >= 500 && !wasAbandoned(cause)
  const level = isOurFault ? (answer.status === 503 ? "Warn" : "Error") : "Debug"
  if (!LogLevel.isGreaterThanOrEqualTo(level, fiber.getRef(References.MinimumLogLevel))) return Effect.succeed(answer)
  const line = {
    method: request.method,
    path: pathOf(request.url),
    status: answer.status,
    duration_ms: Math.round(durationMs * 10) / 10
  }
  return Effect.logWithLevel(level)(isOurFault ? "request failed" : "request", ...(isOurFault ? [cause] : [])).pipe(
    Effect.annotateLogs(line),
    Effect.as(answer)
  )
}

/** Whether the caller went away before the answer. */
const wasAbandoned = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some(({ annotations }) => annotations.has(HttpServerError.ClientAbort.key))

/** The path without the query, which may hold what does not belong in a log. */
const pathOf = (url: string): string => {
  const end = url.indexOf("?")
  return end === -1 ? url : url.slice(0, end)
}

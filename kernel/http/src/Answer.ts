import { STATUS_CODES } from "node:http"
import type { CorrelationId } from "@valerix/telemetry"
import { Cause, Effect, Predicate } from "effect"
import { HttpServerError, HttpServerRespondable, HttpServerResponse, ProblemDetails } from "effect/http"
import {
  BodyTooLarge,
  InternalError,
  MethodNotAllowed,
  RequestTimeout,
  RouteNotFound,
  TemporarilyUnavailable,
  UnsupportedMediaType
} from "./StandardProblems.ts"

type Response = HttpServerResponse.HttpServerResponse

const RETRY_AFTER_S = "1"
const CAUSES_FOLLOWED_MAX = 5

/** The answer to a request that failed: the problem that the failure is, or internal_error if it is none. */
export const answerTo = (
  cause: Cause.Cause<unknown>,
  methodsOfPath: () => ReadonlyArray<string>
): Effect.Effect<Response> => {
  const error = Cause.hasInterruptsOnly(cause) ? new TemporarilyUnavailable() : Cause.squash(cause)
  if (HttpServerResponse.isHttpServerResponse(error)) return Effect.succeed(error)
  if (isRouteNotFound(error)) return answerWithoutRoute(methodsOfPath())
  return Effect.catchCause(HttpServerRespondable.toResponse(problemFor(error)), () =>
    HttpServerRespondable.toResponse(new InternalError())
  )
}

const isRouteNotFound = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"

const answerWithoutRoute = (methods: ReadonlyArray<string>): Effect.Effect<Response> =>
  methods.length === 0
    ? HttpServerRespondable.toResponse(new RouteNotFound())
    : Effect.map(
        HttpServerRespondable.toResponse(new MethodNotAllowed()),
        HttpServerResponse.setHeader("allow", methods.join(", "))
      )

const problemFor = (error: unknown): HttpServerRespondable.Respondable => {
  if (holdsDatabaseUnavailable(error)) return new TemporarilyUnavailable()
  return HttpServerRespondable.isRespondable(error) ? error : new InternalError()
}

/** Whether an error is the DatabaseUnavailable of @valerix/database, or was caused by one. */
const holdsDatabaseUnavailable = (error: unknown): boolean => {
  let current = error
  for (let followed = 0; followed <= CAUSES_FOLLOWED_MAX; followed++) {
    if (Predicate.isTagged(current, "DatabaseUnavailable")) return true
    if (!Predicate.hasProperty(current, "cause")) return false
    current = current.cause
  }
  return false
}

/**
 * The answer as it leaves: an error that the platform or a library answers with an empty or plain text body becomes a
 * problem document too, a 503 says when to come back, and a 413 closes the connection, for the rest of the body is not
 * read.
 */
export const completed = (response: Response, correlationId: CorrelationId): Response => {
  if (response.status < 400) return response
  const answer = isDocument(response) ? response : bareProblem(response, correlationId)
  if (answer.status === 413) return HttpServerResponse.setHeader(answer, "connection", "close")
  return answer.status === 503 && answer.headers["retry-after"] === undefined
    ? HttpServerResponse.setHeader(answer, "retry-after", RETRY_AFTER_S)
    : answer
}

const isDocument = ({ body }: Response): boolean =>
  body._tag !== "Empty" && !(body._tag === "Uint8Array" && body.contentType.startsWith("text/plain"))

const STANDARD = [
  new MethodNotAllowed(),
  new RequestTimeout(),
  new BodyTooLarge(),
  new UnsupportedMediaType(),
  new InternalError(),
  new TemporarilyUnavailable()
]

/** The document of a status alone, for an error that says nothing else. */
const bareProblem = ({ status, headers }: Response, correlationId: CorrelationId): Response => {
  const reason = STATUS_CODES[status] ?? "Error"
  const { type, title, code } = STANDARD.find((problem) => problem.status === status) ?? {
    type: ProblemDetails.blankType,
    title: reason,
    code: reason.toLowerCase().replace(/[^a-z]+/g, "_")
  }
  const { "content-type": _type, "content-length": _length, ...kept } = headers
  return HttpServerResponse.setHeaders(
    ProblemDetails.toResponse({ type, title, status, code, correlation_id: correlationId }),
    kept
  )
}

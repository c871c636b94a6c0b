import { Effect } from "effect"
import { HttpServerRespondable, HttpServerResponse } from "effect/http"

/** A problem document as a response, with headers of its own. */
export const respondWithProblem = (
  problem: HttpServerRespondable.Respondable,
  headers: Readonly<Record<string, string>> = {}
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.map(HttpServerRespondable.toResponse(problem), HttpServerResponse.setHeaders(headers))

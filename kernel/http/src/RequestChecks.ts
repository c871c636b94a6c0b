import { HttpApiMiddleware } from "effect/http-api"
import { InternalError, TemporarilyUnavailable, ValidationError } from "./StandardProblems.ts"

/** The middleware that `withProblems` puts on every endpoint; RequestChecksLive.ts says what it checks. */
export class RequestChecks extends HttpApiMiddleware.Service<RequestChecks>()("@valerix/http/RequestChecks", {
  error: [ValidationError, InternalError, TemporarilyUnavailable]
}) {}

import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { uuidV7 } from "@valerix/money-and-ids"
import { CorrelationId, CurrentCorrelationId } from "@valerix/telemetry"
import { type Cause, Context, Effect, References, Schema, type Types } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerRespondable, HttpServerResponse } from "effect/http"
import { logAnswer } from "./AccessLog.ts"
import { answerTo, completed } from "./Answer.ts"
import { CheckedRequest } from "./CheckedRequest.ts"
import { HandlingLimit } from "./HandlingLimit.ts"
import { printable } from "./PrintableAnswer.ts"
import { MalformedRequest, TemporarilyUnavailable } from "./StandardProblems.ts"

type Response = HttpServerResponse.HttpServerResponse

/** The header that joins a request to what it causes; every answer has it. */
export const CORRELATION_HEADER = "x-correlation-id"

/** How long the handling of a request may take after its body has arrived. */
export const HANDLING_MAX_MS = 15_000

export interface DoorOptions {
  /** How long the handling of a request may take after its body has arrived. */
  readonly handlingMaxMs?: number
  /** The methods that the path of a URL has. */
  readonly methodsOf: (url: string) => ReadonlyArray<string>
  /** Told of every answer: to which method and which route as it was declared, if there is one. */
  readonly onAnswer: (method: string, route: string | undefined, status: number, durationMs: number) => void
}

const isCorrelationId = Schema.is(CorrelationId)

const correlationIdOf = (given: string | undefined): CorrelationId =>
  isCorrelationId(given) ? given : CorrelationId.make(uuidV7(), { disableChecks: true })

/**
 * What every request passes: it gets its correlation id, a body that is checked when it is read, and a limit of time;
 * whatever goes wrong with it leaves as a problem document and is logged.
 */
export const door =
  ({ handlingMaxMs = HANDLING_MAX_MS, methodsOf, onAnswer }: DoorOptions) =>
  (app: Effect.Effect<Response, Types.unhandled>): Effect.Effect<Response, Types.unhandled> =>
    Effect.withFiber((fiber) => {
      const startedAt = performance.now()
      const platform = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
      const correlationId = correlationIdOf(platform.headers[CORRELATION_HEADER])
      const limit = new HandlingLimit(fiber)
      fiber.setContext(
        fiber.context.pipe(
          Context.add(CurrentCorrelationId, correlationId),
          Context.add(References.CurrentLogAnnotations, {
            ...fiber.getRef(References.CurrentLogAnnotations),
            correlation_id: correlationId
          }),
          Context.add(HttpServerRequest.HttpServerRequest, new CheckedRequest(platform, limit))
        )
      )
      const leave = (response: Response, cause?: Cause.Cause<unknown>): Effect.Effect<Response> => {
        limit.stop()
        const answer = signed(printable(completed(response, correlationId)), correlationId)
        const durationMs = performance.now() - startedAt
        // The router leaves in the fiber's context which route it has found.
        const found = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)
        onAnswer(platform.method, found?.route.path, answer.status, durationMs)
        return logAnswer(fiber, platform, answer, durationMs, cause)
      }
      const answerToFailure = (cause: Cause.Cause<unknown>): Effect.Effect<Response> =>
        Effect.flatMap(
          limit.isPassed ? tookTooLong(handlingMaxMs) : answerTo(cause, () => methodsOf(platform.url)),
          (response) => leave(response, cause)
        )
      limit.start(handlingMaxMs)
      return Effect.matchCauseEffect(lacksHost(platform) ? refuseWithoutHost : app, {
        onSuccess: leave,
        onFailure: answerToFailure
      })
    })

const tookTooLong = (handlingMaxMs: number): Effect.Effect<Response> =>
  HttpServerRespondable.toResponse(
    new TemporarilyUnavailable({ detail: `The request was not done within ${handlingMaxMs / 1000} s.` })
  )

/** RFC 9112 section 3.2: a request in HTTP/1.1 without Host is refused. */
const lacksHost = (request: HttpServerRequest.HttpServerRequest): boolean =>
  request.headers.host === undefined && NodeHttpServerRequest.toIncomingMessage(request).httpVersion === "1.1"

const refuseWithoutHost = Effect.die(new MalformedRequest({ detail: "The header Host is missing." }))

const signed = (response: Response, correlationId: CorrelationId): Response =>
  HttpServerResponse.setHeaders(response, {
    [CORRELATION_HEADER]: correlationId,
    "x-content-type-options": "nosniff",
    "cache-control": response.headers["cache-control"] ?? "no-store"
  })

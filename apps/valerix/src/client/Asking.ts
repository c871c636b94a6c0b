import { Effect, Option, Random, Schema } from "effect"
import { Headers, HttpClient, type HttpClientRequest, type HttpClientResponse } from "effect/http"
import { AnswerNotUnderstood, type AskingError, Refused, Unreachable, unreachableBecause } from "./Answers.ts"
import { withoutPassword } from "./ClientFlags.ts"
import { ProblemDocument } from "./ProblemDocument.ts"

/** Longer than Valerix itself takes for any request. */
const ATTEMPT_LIMIT_MS = 20_000
const RETRY_DELAYS_MS = [200, 500, 1_000, 2_000] as const
/** Whether anybody listens is soon known. */
const UNSENT_RETRIES_MAX = 2
const RETRY_AFTER_MAX_MS = 5_000
const SAID_MAX_CHARACTERS = 200

const readProblem = Schema.decodeUnknownOption(Schema.fromJsonString(ProblemDocument))

/** To repeat it does nothing twice. */
const isRepeatable = ({ headers, method }: HttpClientRequest.HttpClientRequest): boolean =>
  method === "GET" || Option.isSome(Headers.get(headers, "idempotency-key"))

const retryAfterMsOf = ({ headers }: HttpClientResponse.HttpClientResponse): number | undefined => {
  const seconds = Number(Option.getOrUndefined(Headers.get(headers, "retry-after")))
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, RETRY_AFTER_MAX_MS) : undefined
}

/**
 * A client as such an API asks for: a limit of time for each attempt; what is transient is tried again after a while, if
 * it was never sent or does nothing twice; a problem document is a failure, whether the contract declares it or not.
 */
export const politely = (url: string) => (client: HttpClient.HttpClient) =>
  HttpClient.transform(client, (sending, request) => {
    const attempt = sending.pipe(
      Effect.mapError((failure) => unreachableBecause(url, failure)),
      Effect.flatMap((response) => (response.status < 400 ? Effect.succeed(response) : refusal(url, response))),
      Effect.timeoutOrElse({
        duration: ATTEMPT_LIMIT_MS,
        orElse: () =>
          Effect.fail(new Unreachable({ url, why: `nothing for ${ATTEMPT_LIMIT_MS / 1_000} s`, isUnsent: false }))
      })
    )
    return persistently(attempt, isRepeatable(request))
  })

const refusal = (url: string, response: HttpClientResponse.HttpClientResponse) =>
  response.text.pipe(
    Effect.mapError((failure) => unreachableBecause(url, failure)),
    Effect.flatMap((text): Effect.Effect<never, AskingError> => {
      const problem = Option.getOrUndefined(readProblem(text))
      return problem === undefined
        ? Effect.fail(new AnswerNotUnderstood({ url, why: `${response.status} without a problem document` }))
        : Effect.fail(new Refused({ problem, retryAfterMs: retryAfterMsOf(response) }))
    })
  )

const persistently = <A>(attempt: Effect.Effect<A, AskingError>, isRepeatable: boolean) =>
  Effect.gen(function* () {
    for (const [tried, delayMs] of RETRY_DELAYS_MS.entries()) {
      const result = yield* Effect.result(attempt)
      if (result._tag === "Success") return result.success
      const waitMs = waitBeforeNext(result.failure, { tried, delayMs, isRepeatable })
      if (waitMs === undefined) return yield* result.failure
      // So that many who were turned away at once do not come back at once.
      yield* Effect.sleep(waitMs * (0.75 + 0.5 * (yield* Random.next)))
    }
    return yield* attempt
  })

const waitBeforeNext = (
  failure: AskingError,
  { delayMs, isRepeatable, tried }: { readonly tried: number; readonly delayMs: number; readonly isRepeatable: boolean }
): number | undefined => {
  switch (failure._tag) {
    case "AnswerNotUnderstood":
      return undefined
    case "Unreachable":
      if (failure.isUnsent) return tried < UNSENT_RETRIES_MAX ? delayMs : undefined
      return isRepeatable ? delayMs : undefined
    case "Refused":
      return failure.isTransient && isRepeatable ? Math.max(delayMs, failure.retryAfterMs ?? 0) : undefined
  }
}

/** What a call of the typed client gives; an answer that it cannot decode is not Valerix's, or of another version. */
export const answerOf =
  (url: string) =>
  <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>): Effect.Effect<A, AskingError> =>
    Effect.mapError(call, (error) =>
      error instanceof Refused || error instanceof Unreachable || error instanceof AnswerNotUnderstood
        ? error
        : new AnswerNotUnderstood({ url, why: firstLineOf(error) })
    )

const firstLineOf = (error: { readonly _tag: string }): string => {
  const text = error instanceof Error ? error.message : error._tag
  return withoutPassword(text.split("\n")[0] ?? "").slice(0, SAID_MAX_CHARACTERS)
}

import { Effect, Fiber, type Scope } from "effect"
import type { NotSent, ProviderRequest, Unanswered } from "../../../application/ports/PaymentProvider.ts"
import { chance } from "./Chance.ts"
import type { MockFate, MockOperation, MockProviderFaults } from "./MockProviderFaults.ts"
import type { MockProviderSettings } from "./MockProviderSettings.ts"

const TIMED_OUT: Unanswered = { _tag: "Unanswered", reason: "the provider did not answer in time" }
const GATEWAY_ERROR: Unanswered = { _tag: "Unanswered", reason: "gateway_error" }
const OUT_OF_ORDER: Unanswered = { _tag: "Unanswered", reason: "the provider is out of order" }
const REFUSED: NotSent = { _tag: "NotSent", reason: "the provider refused the connection" }

interface Line<Request, Answer> {
  readonly operation: MockOperation
  readonly serve: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Answer>>
  readonly faults: MockProviderFaults["Service"]
  readonly settings: MockProviderSettings
  /** Requests on their way live here, not in their caller. */
  readonly scope: Scope.Scope
}

/**
 * Brings a vector to the provider and its answers back, within the caller's patience. What meets no fault goes in one
 * piece; what is stopped on its way goes alone, so that the others do not wait for it.
 */
export const deliver = Effect.fnUntraced(function* <Request extends ProviderRequest, Answer>(
  { faults, operation, scope, serve, settings }: Line<Request, Answer>,
  requests: ReadonlyArray<Request>
) {
  type Reply = Answer | Unanswered | NotSent
  type Item = { readonly position: number; readonly request: Request; readonly isAnswered: boolean }
  const replies = requests.map((): Reply => TIMED_OUT)

  const arrive = (items: ReadonlyArray<Item>): Effect.Effect<ReadonlyArray<Reply>> =>
    Effect.catchCause(serve(items.map(({ request }) => request)), (cause) =>
      Effect.as(
        Effect.logError(`The mock provider cannot ${operation}`, cause),
        items.map(() => OUT_OF_ORDER)
      )
    )
  const bringBack = (items: ReadonlyArray<Item>) => (answers: ReadonlyArray<Reply>) =>
    Effect.sync(() => {
      items.forEach(({ isAnswered, position }, index) => {
        replies[position] = isAnswered ? (answers[index] ?? OUT_OF_ORDER) : GATEWAY_ERROR
      })
    })

  const together: Array<Item> = []
  const journeys: Array<Effect.Effect<void>> = []
  for (const [position, request] of requests.entries()) {
    const item = { position, request, isAnswered: true }
    const fate = (yield* faults.take({ operation, ...request })) ?? fateByRate(operation, request, settings)
    if (fate === undefined) {
      together.push(item)
    } else if (fate._tag === "Held") {
      journeys.push(
        fate.where === "REQUEST"
          ? fate.pass.pipe(Effect.andThen(arrive([item])), Effect.flatMap(bringBack([item])))
          : arrive([item]).pipe(Effect.tap(fate.pass), Effect.flatMap(bringBack([item])))
      )
    } else if (fate._tag === "Late") {
      replies[position] = GATEWAY_ERROR
      yield* Effect.forkIn(Effect.andThen(fate.released, arrive([item])), scope)
    } else if (fate.fault === "ANSWER_LOST") {
      together.push({ ...item, isAnswered: false })
    } else {
      replies[position] = fate.fault === "NOT_SENT" ? REFUSED : GATEWAY_ERROR
    }
  }
  if (together.length > 0) journeys.push(Effect.flatMap(arrive(together), bringBack(together)))
  const afterLatency = (journey: Effect.Effect<void>) =>
    settings.latencyMs === 0 ? journey : Effect.delay(journey, settings.latencyMs)
  const fibers = yield* Effect.forEach(journeys, (journey) => Effect.forkIn(afterLatency(journey), scope))
  yield* Effect.timeoutOption(Fiber.awaitAll(fibers), settings.timeoutMs)
  return [...replies]
})

/** Fails the configured share of requests, one half before they have an effect and the other half after. */
const fateByRate = (
  operation: MockOperation,
  { attempt, key }: ProviderRequest,
  { failureRate, seed }: MockProviderSettings
): MockFate | undefined => {
  if (failureRate === 0 || chance(seed, operation, key, attempt, "fails") >= failureRate) return undefined
  const fault = chance(seed, operation, key, attempt, "happens") < 0.5 ? "REQUEST_LOST" : "ANSWER_LOST"
  return { _tag: "Fault", fault }
}

import { TenantDatabase } from "@valerix/database"
import { Effect, Fiber, Layer, Option, type Scope } from "effect"
import type { PgClient } from "@effect/sql-pg"
import {
  type NotSent,
  PaymentProvider,
  type ProviderRequest,
  type Unanswered
} from "../../../application/ports/PaymentProvider.ts"
import { authorizeAtMock } from "./AuthorizeAtMock.ts"
import { captureAtMock } from "./CaptureAtMock.ts"
import { chance } from "./Chance.ts"
import { lookupAtMock } from "./LookupAtMock.ts"
import { type MockFate, type MockOperation, MockProviderFaults } from "./MockProviderFaults.ts"
import type { MockProviderSettings } from "./MockProviderSettings.ts"
import { refundAtMock } from "./RefundAtMock.ts"
import { voidAtMock } from "./VoidAtMock.ts"

/**
 * A payment provider for development, tests and measurements. It works in a database of its own (the TenantDatabase that
 * this layer is given) and goes on with what it was asked when its caller has stopped waiting.
 */
export const MockProvider = (
  settings: MockProviderSettings
): Layer.Layer<PaymentProvider, never, TenantDatabase | MockProviderFaults> =>
  Layer.effect(
    PaymentProvider,
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const faults = yield* MockProviderFaults
      const scope = yield* Effect.scope

      const served = <Request extends ProviderRequest, Answer>(
        operation: MockOperation,
        work: (sql: PgClient.PgClient, requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Answer>, unknown>
      ) => {
        const serve = (requests: ReadonlyArray<Request>) =>
          transaction(requests.map(({ organizationId }) => organizationId))(Effect.orDie(work(sql, requests)))
        return Effect.fn(`MockProvider.${operation}`)((requests: ReadonlyArray<Request>) =>
          deliver({ operation, requests, serve, faults, settings, scope })
        )
      }

      return PaymentProvider.of({
        authorize: served("authorize", (client, requests) => authorizeAtMock(client, requests, settings)),
        capture: served("capture", captureAtMock),
        void: served("void", voidAtMock),
        refund: served("refund", refundAtMock),
        lookup: served("lookup", lookupAtMock)
      })
    })
  )

interface Delivery<Request, Answer> {
  readonly operation: MockOperation
  readonly requests: ReadonlyArray<Request>
  readonly serve: (requests: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Answer>>
  readonly faults: MockProviderFaults["Service"]
  readonly settings: MockProviderSettings
  readonly scope: Scope.Scope
}

/** Brings a vector to the provider: what meets no fault goes in one piece, the rest one by one. */
const deliver = Effect.fnUntraced(function* <Request extends ProviderRequest, Answer>({
  faults,
  operation,
  requests,
  scope,
  serve,
  settings
}: Delivery<Request, Answer>) {
  type Reply = Answer | Unanswered | NotSent
  const replies = requests.map((): Reply => TIMED_OUT)
  const together: Array<readonly [position: number, request: Request]> = []
  const alone: Array<Effect.Effect<void>> = []
  const work = (items: typeof together) =>
    Effect.matchCause(
      Effect.andThen(
        Effect.sleep(settings.latencyMs),
        Effect.suspend(() => serve(items.map(([, request]) => request)))
      ),
      {
        onSuccess: (answers) => items.forEach(([position], index) => place(position, answers[index])),
        onFailure: () => items.forEach(([position]) => place(position, BROKEN))
      }
    )
  const place = (position: number, reply: Reply | undefined) => {
    if (replies[position] === TIMED_OUT && reply !== undefined) replies[position] = reply
  }

  for (const [position, request] of requests.entries()) {
    const fate = (yield* faults.take({ operation, ...request })) ?? fateByRate(operation, request, settings)
    const item = [position, request] as const
    switch (fate?._tag) {
      case undefined:
        together.push(item)
        break
      case "Fault":
        replies[position] = fate.fault === "NOT_SENT" ? REFUSED : GATEWAY_ERROR
        if (fate.fault === "ANSWER_LOST") together.push(item)
        break
      case "Late":
        replies[position] = GATEWAY_ERROR
        yield* Effect.forkIn(Effect.andThen(fate.released, work([item])), scope)
        break
      case "Held":
        alone.push(fate.where === "BEFORE" ? Effect.andThen(fate.pass, work([item])) : answerHeld(fate.pass, work([item])))
    }
  }

  if (together.length > 0) alone.push(work(together))
  const running = yield* Effect.forEach(alone, (effect) => Effect.forkIn(effect, scope))
  yield* Effect.timeoutOption(Fiber.awaitAll(running), settings.timeoutMs)
  return [...replies]
})

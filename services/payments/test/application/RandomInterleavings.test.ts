import { assert, layer } from "@effect/vitest"
import type { OwnerDatabase } from "@valerix/testing"
import { Deferred, Effect, Fiber } from "effect"
import fc from "fast-check"
import { type MockFault, MockProviderFaults } from "../../src/adapters/providers/mock/MockProviderFaults.ts"
import { ProviderStatement } from "../../src/application/ports/ProviderStatement.ts"
import { PaymentsCommands } from "../../src/contract/index.ts"
import { keptTokens, statusOf } from "../Inspect.ts"
import { aPayment, testPayments } from "../TestPayments.ts"

const RUNS = 200
const ROUNDS_MAX = 20
const NEWEST_EPOCH = 9
const GENERATIONS = [1, 2] as const

interface Step {
  readonly does: "authorize" | "capture" | "settle" | "release"
  readonly generation: 1 | 2
  readonly epoch: number
  /** Whether the next step waits until this one is answered or stopped on its way. */
  readonly awaits: boolean
}

const step = fc.record<Step>({
  does: fc.constantFrom("authorize", "authorize", "capture", "capture", "settle", "settle", "release"),
  generation: fc.constantFrom(1, 1, 1, 2),
  epoch: fc.integer({ min: 0, max: 3 }),
  awaits: fc.boolean()
})

const fault = fc.constantFrom<MockFault | undefined>(
  undefined,
  undefined,
  undefined,
  "NOT_SENT",
  "REQUEST_LOST",
  "ANSWER_LOST",
  "LATE",
  "REQUEST_HELD",
  "ANSWER_HELD"
)

interface Story {
  readonly steps: ReadonlyArray<Step>
  readonly faults: ReadonlyArray<MockFault | undefined>
  readonly isDeclined: boolean
  /** Whether the first generation is authorized before the story begins. */
  readonly isAuthorized: boolean
  /** What each generation is ended with, and whether what is still on its way arrives before that or after it. */
  readonly ends: readonly [End, End]
  readonly arrivesBefore: boolean
}
type End = "capture" | "settle"

const story = fc.record<Story>({
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  faults: fc.array(fault, { maxLength: 16 }),
  isDeclined: fc.constantFrom(false, false, false, true),
  isAuthorized: fc.boolean(),
  ends: fc.tuple(fc.constantFrom<End>("capture", "settle"), fc.constantFrom<End>("capture", "settle")),
  arrivesBefore: fc.boolean()
})

const tell = Effect.fnUntraced(function* ({ arrivesBefore, ends, faults, isAuthorized, isDeclined, steps }: Story) {
  const payments = yield* PaymentsCommands
  const control = yield* MockProviderFaults
  const order = aPayment({ token: isDeclined ? "tok_decline_other" : "tok_good" })
  const payment = (generation: number, epoch: number) => ({ ...order, generation, epoch })

  if (isAuthorized) yield* payments.authorize([payment(1, 0)])
  let stopped = Deferred.makeUnsafe<void>()
  const coming = [...faults]
  yield* control.decideBy(() => {
    const next = coming.shift()
    const waiting = stopped
    // Told afterwards: whoever waits for it goes on at once, and may release all that is held before this one is.
    if (next === "REQUEST_HELD" || next === "ANSWER_HELD") {
      queueMicrotask(() => Deferred.doneUnsafe(waiting, Effect.void))
    }
    return next
  })

  const running: Array<Fiber.Fiber<unknown, never>> = []
  for (const { awaits, does, epoch, generation } of steps) {
    if (does === "release") {
      yield* control.releaseAll
      continue
    }
    stopped = Deferred.makeUnsafe<void>()
    const fiber = yield* Effect.forkChild(payments[does]([payment(generation, epoch)]))
    running.push(fiber)
    if (awaits) yield* Effect.raceFirst(Effect.asVoid(Fiber.await(fiber)), Deferred.await(stopped))
  }

  coming.length = 0
  if (arrivesBefore) {
    yield* control.clear
    yield* Effect.forEach(running, Fiber.await)
  }
  for (const generation of GENERATIONS) {
    const isCaptured =
      ends[generation - 1] === "capture" &&
      (yield* repeat(payments.capture, payment(generation, NEWEST_EPOCH))) === "Done"
    if (!isCaptured) {
      assert.strictEqual(yield* repeat(payments.settle, payment(generation, NEWEST_EPOCH)), "Done")
      yield* payments.authorize([payment(generation, NEWEST_EPOCH)])
      yield* payments.capture([payment(generation, NEWEST_EPOCH)])
    }
    yield* agrees(payment(generation, NEWEST_EPOCH), isCaptured)
  }
  yield* control.clear
  yield* Effect.forEach(running, Fiber.await)
  for (const generation of GENERATIONS) yield* agrees(payment(generation, NEWEST_EPOCH))
  assert.strictEqual(yield* keptTokens, 0)
})

/** Repeats a command until it is answered for good, as a saga does. */
const repeat = Effect.fnUntraced(function* (
  command: PaymentsCommands["Service"]["settle"],
  payment: ReturnType<typeof aPayment>
) {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const [outcome] = yield* command([payment])
    if (outcome?._tag !== "Unavailable" && outcome?._tag !== "NotSent") return outcome?._tag
  }
  return undefined
})

/** Either it is captured once, or nothing is held and nothing kept; ours and the provider's books say the same. */
const agrees = Effect.fnUntraced(function* (payment: ReturnType<typeof aPayment>, isCaptured?: boolean) {
  const statement = yield* ProviderStatement
  const status = yield* statusOf(payment)
  const effects = yield* statement.ofOrders(payment.organizationId, [payment.orderId])
  const captures = effects.filter(({ kind }) => kind === "CAPTURE")
  assert.isAtMost(captures.length, 1, "an order is captured once")
  const authorizations = effects.filter(({ key }) => key === `authorize-${payment.orderId}-${payment.generation}`)
  assert.isAtMost(authorizations.length, 1, "a generation is authorized once")
  const [authorization] = authorizations
  const kinds = effects
    .filter(({ authorizationId }) => authorizationId === authorization?.authorizationId)
    .map(({ kind }) => kind)
    .toSorted()
    .join(" ")
  const expected: Record<string, string> = {
    CAPTURED: "AUTHORIZE CAPTURE",
    REFUNDED: "AUTHORIZE CAPTURE REFUND",
    VOIDED: "AUTHORIZE VOID",
    DECLINED: "",
    undefined: ""
  }
  assert.strictEqual(kinds, expected[String(status)], `ours is ${status}`)
  if (isCaptured !== undefined) assert.strictEqual(status === "CAPTURED", isCaptured)
})

layer(testPayments(), { excludeTestServices: true })(
  "authorize, capture and settle in any order, at once, with any faults",
  (it) => {
    it.effect(
      "end in one capture, or in nothing held and nothing kept, whatever arrives late",
      () =>
        Effect.gen(function* () {
          const services = yield* Effect.context<
            PaymentsCommands | MockProviderFaults | ProviderStatement | OwnerDatabase
          >()
          const property = fc.asyncProperty(story, (drawn) => Effect.runPromiseWith(services)(tell(drawn)))
          yield* Effect.promise(() => fc.assert(property, { numRuns: RUNS }))
        }),
      120_000
    )
  }
)

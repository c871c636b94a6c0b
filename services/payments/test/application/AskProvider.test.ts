import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { askProvider } from "../../src/application/AskProvider.ts"
import { askAbout } from "../../src/application/ProviderQuestion.ts"
import { PaymentProvider } from "../../src/application/ports/PaymentProvider.ts"
import { begin } from "../../src/domain/PaymentTransitions.ts"
import { AMOUNT, paymentIn } from "../domain/SamplePayments.ts"

const notAsked = () => Effect.die(new Error("not asked"))

const providerWhoseCapture = (capture: PaymentProvider["Service"]["capture"]) =>
  PaymentProvider.of({ authorize: notAsked, capture, void: notAsked, refund: notAsked, lookup: notAsked })

const capturing = begin(paymentIn("AUTHORIZED"), "CAPTURE", AMOUNT)

const question = () => {
  const asked = askAbout(capturing, "Capture")
  if (asked === undefined) throw new Error("nothing to ask")
  return asked.question
}

/** Whether each reply says that it is not known what happened. */
const areUnknown = (replies: Effect.Success<ReturnType<typeof askProvider>>) =>
  replies.map(({ otherwise, record }) => {
    const recorded = record(capturing)
    return (
      otherwise._tag === "Unavailable" &&
      Result.isSuccess(recorded) &&
      recorded.success.operations.CAPTURE?.state === "UNKNOWN"
    )
  })

describe("asking a provider that breaks its promise to answer", () => {
  it.effect("takes its death for no answer", () =>
    Effect.gen(function* () {
      const provider = providerWhoseCapture(() => Effect.die(new Error("broken")))
      assert.deepStrictEqual(areUnknown(yield* askProvider(provider, [question(), question()])), [true, true])
    })
  )

  it.effect("takes missing items for no answer", () =>
    Effect.gen(function* () {
      const provider = providerWhoseCapture(() => Effect.succeed([{ _tag: "Succeeded", reference: "cap_1" }]))
      assert.deepStrictEqual(areUnknown(yield* askProvider(provider, [question(), question()])), [false, true])
    })
  )

  it.effect("waits for it no longer than its limit", () =>
    Effect.gen(function* () {
      const asking = yield* Effect.forkChild(
        askProvider(
          providerWhoseCapture(() => Effect.never),
          [question()]
        )
      )
      yield* TestClock.adjust("31 seconds")
      assert.deepStrictEqual(areUnknown(yield* Fiber.join(asking)), [true])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { Gremlin } from "@valerix/resilience"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

/** Whether an effect has ended after so much time of the test's clock, begun when that clock stands still. */
const endsWithin = Effect.fnUntraced(function* (effect: Effect.Effect<void>, ms: number) {
  const fiber = yield* Effect.forkChild(effect)
  yield* TestClock.adjust(ms)
  const hasEnded = fiber.pollUnsafe() !== undefined
  yield* Fiber.interrupt(fiber)
  return hasEnded
})

describe("a gremlin", () => {
  it.effect("delays nothing until it is told to", () =>
    Effect.gen(function* () {
      const gremlin = new Gremlin("reserve", "release")
      assert.isTrue(yield* endsWithin(gremlin.pause, 0))
      assert.isTrue(yield* endsWithin(gremlin.pauseBefore("reserve"), 0))
      gremlin.latency = { enabled: false, delayMs: 3_000, operations: undefined }
      assert.isTrue(yield* endsWithin(gremlin.pause, 0))
    })
  )

  it.effect("delays everything for as long as it is told, and each caller for itself", () =>
    Effect.gen(function* () {
      const gremlin = new Gremlin("reserve", "release")
      gremlin.latency = { enabled: true, delayMs: 3_000, operations: undefined }
      for (const pause of [gremlin.pause, gremlin.pauseBefore("reserve"), gremlin.pauseBefore("release")]) {
        assert.isFalse(yield* endsWithin(pause, 2_999))
        assert.isTrue(yield* endsWithin(pause, 3_000))
      }
      const many = Effect.forEach([1, 2, 3], () => gremlin.pause, { concurrency: "unbounded", discard: true })
      assert.isTrue(yield* endsWithin(many, 3_000))
    })
  )

  it.effect("delays only the commands that it is told, and then nothing else", () =>
    Effect.gen(function* () {
      const gremlin = new Gremlin("authorize", "capture")
      gremlin.latency = { enabled: true, delayMs: 3_000, operations: ["capture"] }
      assert.isFalse(yield* endsWithin(gremlin.pauseBefore("capture"), 2_999))
      assert.isTrue(yield* endsWithin(gremlin.pauseBefore("authorize"), 0))
      assert.isTrue(yield* endsWithin(gremlin.pause, 0))
    })
  )
})

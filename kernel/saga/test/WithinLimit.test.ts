import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { withinLimit } from "../src/index.ts"

const LIMIT_MS = 1_000

const limited = (effect: Effect.Effect<string>) => withinLimit(effect, LIMIT_MS, () => "too late")

/** An effect that hangs, and tells when it is interrupted. */
const hanging = (interrupted: Deferred.Deferred<void>) =>
  Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined))

describe("a limit", () => {
  it.effect("gives what comes at once, and what comes in time", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* limited(Effect.succeed("at once")), "at once")
      const later = yield* Effect.forkChild(limited(Effect.as(Effect.sleep(LIMIT_MS - 1), "in time")))
      yield* TestClock.adjust(LIMIT_MS - 1)
      assert.strictEqual(yield* Fiber.join(later), "in time")
    })
  )

  it.effect("gives the other thing when it is over, and interrupts what has not ended", () =>
    Effect.gen(function* () {
      const interrupted = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(limited(hanging(interrupted)))
      yield* TestClock.adjust(LIMIT_MS)
      assert.strictEqual(yield* Fiber.join(fiber), "too late")
      yield* Deferred.await(interrupted)
    })
  )

  it.effect("does not wait for what does not heed its interruption", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(limited(Effect.uninterruptible(Effect.never)))
      yield* TestClock.adjust(LIMIT_MS)
      assert.strictEqual(yield* Fiber.join(fiber), "too late")
    })
  )

  it.effect("passes a defect on", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(limited(Effect.andThen(Effect.yieldNow, Effect.die("broken"))))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    })
  )

  it.effect("interrupts what it limits when it is interrupted itself", () =>
    Effect.gen(function* () {
      const interrupted = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(limited(hanging(interrupted)), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(interrupted)
    })
  )
})

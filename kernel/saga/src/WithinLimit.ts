import { Effect, Fiber } from "effect"

/**
 * Gives what an effect gives, or the other thing when it has not ended by the limit. Then it is interrupted but not waited
 * for: what it hangs in, such as a connection to nowhere, may not heed that.
 */
export const withinLimit = Effect.fnUntraced(function* <A>(
  effect: Effect.Effect<A>,
  limitMs: number,
  otherwise: () => A
) {
  const fiber = yield* Effect.forkDetach(effect, { startImmediately: true })
  return yield* Fiber.join(fiber).pipe(
    Effect.timeoutOrElse({ duration: limitMs, orElse: () => Effect.sync(otherwise) }),
    Effect.ensuring(Effect.sync(() => fiber.interruptUnsafe()))
  )
})

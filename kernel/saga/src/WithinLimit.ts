import { Effect, Fiber } from "effect"

/**
 * Gives what an effect gives, or the other thing when it has not ended by the limit. Then it is interrupted but not waited
 * for: what it hangs in, such as a connection to nowhere, may not heed that.
 */
export const withinLimit = <A>(effect: Effect.Effect<A>, limitMs: number, otherwise: () => A): Effect.Effect<A> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkDetach(effect, { startImmediately: true }), (fiber) =>
      restore(
        Effect.timeoutOrElse(Fiber.join(fiber), { duration: limitMs, orElse: () => Effect.sync(otherwise) })
      ).pipe(Effect.ensuring(Effect.sync(() => fiber.interruptUnsafe())))
    )
  )

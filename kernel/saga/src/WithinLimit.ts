import { type Context, Effect, Exit } from "effect"

/**
 * Gives what an effect gives, or the other thing when it has not ended by the limit. Then it is interrupted but not waited
 * for: what it hangs in, such as a connection to nowhere, may not heed that.
 */
export const withinLimit = <A>(effect: Effect.Effect<A>, limitMs: number, otherwise: () => A): Effect.Effect<A> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.callback<A>((resume) => {
      const fork = Effect.runForkWith(context)
      const fiber = fork(effect)
      const given = fiber.pollUnsafe()
      if (given !== undefined) return resume(given)
      const limit = fork(Effect.sleep(limitMs))
      fiber.addObserver((exit) => {
        limit.interruptUnsafe()
        resume(exit)
      })
      limit.addObserver((exit) => {
        if (Exit.isFailure(exit)) return
        resume(Effect.sync(otherwise))
        fiber.interruptUnsafe()
      })
      return Effect.sync(() => {
        fiber.interruptUnsafe()
        limit.interruptUnsafe()
      })
    })
  )

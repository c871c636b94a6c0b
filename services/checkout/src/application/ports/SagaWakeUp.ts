import { Context, type Effect, type Stream } from "effect"

/**
 * Tells orchestrators that work has come. A hint: it may be lost, and is never waited for; the orchestrators' poll is
 * the guarantee.
 */
export class SagaWakeUp extends Context.Service<
  SagaWakeUp,
  {
    readonly wake: Effect.Effect<void>
    /** The hints of all edges, for as long as it is run; it goes on by itself when the connection was lost. */
    readonly hints: Stream.Stream<void>
  }
>()("@valerix/checkout/SagaWakeUp") {}

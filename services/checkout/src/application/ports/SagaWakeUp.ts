import { Context, type Effect } from "effect"

/**
 * Tells orchestrators that work has come. A hint: it may be lost, and is never waited for; the orchestrators' poll is
 * the guarantee.
 */
export class SagaWakeUp extends Context.Service<
  SagaWakeUp,
  {
    readonly wake: Effect.Effect<void>
    /** Does something at each hint of an edge, for ever; it goes on by itself when the connection was lost. */
    readonly listen: (onHint: Effect.Effect<void>) => Effect.Effect<never>
  }
>()("@valerix/checkout/SagaWakeUp") {}

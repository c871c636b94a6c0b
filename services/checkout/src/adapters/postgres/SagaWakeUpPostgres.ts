import { TenantDatabase } from "@valerix/database"
import { Effect, Latch, Layer, Queue, Schedule } from "effect"
import { SagaWakeUp } from "../../application/ports/SagaWakeUp.ts"

const CHANNEL = "order_events"
const RECONNECT_DELAY_MS = 500
const LAST_WORD_LIMIT_MS = 1_000

/**
 * Wakes by NOTIFY, outside of the transaction that accepted the orders: NOTIFY takes a lock that all committing
 * transactions share. Calls that come while one is under way are told by the next one.
 */
export const SagaWakeUpPostgres = Layer.effect(
  SagaWakeUp,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const asked = yield* Latch.make(false)
    const notify = sql.notify(CHANNEL, "OrderAuthorized")
    // A command that ends at once has still something to tell.
    yield* Effect.addFinalizer(() =>
      asked.isOpen() ? notify.pipe(Effect.timeoutOption(LAST_WORD_LIMIT_MS), Effect.ignoreCause) : Effect.void
    )
    yield* asked.await.pipe(
      Effect.andThen(asked.close),
      Effect.andThen(Effect.onInterrupt(notify, () => asked.open)),
      Effect.catchCause((cause) => Effect.logDebug("A wake-up was lost; the poll will find the work", cause)),
      Effect.forever,
      Effect.forkScoped
    )
    const listen = (onHint: Effect.Effect<void>) =>
      Effect.scoped(
        Effect.flatMap(sql.listen(CHANNEL), (hints) => Effect.forever(Effect.andThen(Queue.takeAll(hints), onHint)))
      ).pipe(
        Effect.tapCause((cause) => Effect.logDebug("Listening for wake-ups was cut off", cause)),
        Effect.retry(Schedule.spaced(RECONNECT_DELAY_MS)),
        Effect.orDie
      )
    return SagaWakeUp.of({ wake: asked.open, listen })
  })
)

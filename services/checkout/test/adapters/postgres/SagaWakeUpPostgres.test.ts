import { assert } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { Context, Effect, Layer, Queue } from "effect"
import { SagaWakeUpPostgres } from "../../../src/adapters/postgres/SagaWakeUpPostgres.ts"
import { SagaWakeUp } from "../../../src/application/ports/SagaWakeUp.ts"
import { promises } from "../../support/Bench.ts"
import { until } from "../../support/Until.ts"

const listeners = Effect.flatMap(
  TenantDatabase,
  ({ sql }) => sql<{ pid: number }>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'`
)

/** Hears hints for as long as the test; the queue holds those that were heard. */
const hearing = Effect.gen(function* () {
  const { listen } = yield* SagaWakeUp
  const heard = yield* Queue.unbounded<void>()
  yield* Effect.forkScoped(listen(Effect.asVoid(Queue.offer(heard, undefined))))
  yield* until("it listens", listeners, (sessions) => sessions.length > 0)
  return heard
})

/** Wakes until it is heard; hints may be lost. */
const wakeUntilHeard = Effect.fnUntraced(function* (heard: Queue.Queue<void>) {
  const { wake } = yield* SagaWakeUp
  yield* until("a hint is heard", Effect.andThen(wake, Queue.size(heard)), (size) => size > 0)
  yield* Queue.clear(heard)
})

promises("a wake-up", (promise) => {
  promise("reaches those who listen", () =>
    Effect.gen(function* () {
      const { wake } = yield* SagaWakeUp
      const heard = yield* hearing
      yield* wake
      yield* Queue.take(heard)
    })
  )

  promise("is sent once for many that come at once", () =>
    Effect.gen(function* () {
      const { wake } = yield* SagaWakeUp
      const heard = yield* hearing
      for (let count = 0; count < 1_000; count += 1) yield* wake
      yield* Queue.take(heard)
      yield* wakeUntilHeard(heard)
      assert.isAtMost(yield* Queue.size(heard), 10)
    })
  )

  promise("is told by whoever ends at once after it", () =>
    Effect.gen(function* () {
      const heard = yield* hearing
      const wakeAndEnd = Effect.scoped(
        Effect.flatMap(Layer.build(Layer.fresh(SagaWakeUpPostgres)), (context) => Context.get(context, SagaWakeUp).wake)
      )
      for (let count = 0; count < 10; count += 1) {
        yield* wakeAndEnd
        yield* Queue.take(heard)
      }
    })
  )

  promise("is heard again after the connection was lost", () =>
    Effect.gen(function* () {
      const { sql } = yield* TenantDatabase
      const heard = yield* hearing
      yield* wakeUntilHeard(heard)
      const lost = yield* listeners
      for (const { pid } of lost) yield* sql`SELECT pg_terminate_backend(${pid}::int)`
      yield* until(
        "it listens on another connection",
        listeners,
        (sessions) => sessions.length > 0 && sessions.every(({ pid }) => lost.every((one) => one.pid !== pid))
      )
      yield* Queue.clear(heard)
      yield* wakeUntilHeard(heard)
    })
  )
})

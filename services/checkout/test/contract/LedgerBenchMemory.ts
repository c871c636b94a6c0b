import { makeOrderId } from "@valerix/money-and-ids"
import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { OrderLedgerMemory } from "../../src/adapters/memory/OrderLedgerMemory.ts"
import { ORDER_SAGA_VERSION } from "../../src/application/OrderSagaVersion.ts"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"
import { LedgerBooks } from "./LedgerBooks.ts"

/** A ledger in memory; its clock is the test's. */
export const layerLedgerBenchMemory = Layer.suspend(() => {
  const memory = new OrderLedgerMemory({ newOrderId: makeOrderId, sagaVersion: ORDER_SAGA_VERSION })
  return Layer.mergeAll(
    Layer.succeed(OrderLedger, memory.ledger),
    Layer.succeed(OrderSagaStore, memory.sagas),
    Layer.succeed(LedgerBooks, {
      queued: (orderId) =>
        Effect.sync(() => {
          const saga = memory.sagas.sagas.get(orderId)
          if (saga?.visibleAtMs === undefined) return undefined
          return { epoch: saga.epoch, version: saga.version, weight: saga.weight }
        }),
      leases: (orderId) =>
        Effect.map(Clock.currentTimeMillis, (nowMs) =>
          [...memory.leases.values()]
            .filter(({ authorization }) => authorization.orderId === orderId)
            .map(({ authorization, untilMs }) => ({
              generation: authorization.generation,
              hasRunOut: untilMs <= nowMs
            }))
            .sort((a, b) => a.generation - b.generation)
        ),
      events: (orderId) => Effect.sync(() => memory.sagas.events.filter((event) => event.aggregateId === orderId)),
      nowMs: Clock.currentTimeMillis,
      passTime: (ms) => TestClock.adjust(ms)
    })
  )
})

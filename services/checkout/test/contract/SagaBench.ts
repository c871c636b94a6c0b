import { makeOrderId, type OrderId, type OrganizationId } from "@valerix/money-and-ids"
import type { ClaimedSaga, Recorded, SagaFailure, Transition } from "@valerix/saga"
import { OwnerDatabase } from "@valerix/testing"
import { Clock, Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { OrderLedgerMemory } from "../../src/adapters/memory/OrderLedgerMemory.ts"
import { SagaOperationsMemory } from "../../src/adapters/memory/SagaOperationsMemory.ts"
import { standstillsMemory } from "../../src/adapters/memory/StandstillsMemory.ts"
import { ORDER_SAGA_VERSION } from "../../src/application/OrderSagaVersion.ts"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"
import { SagaOperations } from "../../src/application/ports/SagaOperations.ts"
import { Standstills } from "../../src/application/ports/Standstills.ts"
import { accepted } from "../support/Orders.ts"
import { passTime } from "../support/PassTime.ts"
import { newEntry, tenantOf } from "../support/Samples.ts"

export const LEASE_MS = 8_000

/** What tests do to the storage behind its back. */
export class StorageBench extends Context.Service<
  StorageBench,
  {
    /** Moves its clock. */
    readonly pass: (ms: number) => Effect.Effect<void>
    /** Sets the turn of an execution to so long from now. */
    readonly sendAway: (orderId: OrderId, ms: number) => Effect.Effect<void>
    /** Loses its place in the queue. */
    readonly loseTurn: (orderId: OrderId) => Effect.Effect<void>
    /** Loses the lease of its authorization. */
    readonly loseLease: (orderId: OrderId) => Effect.Effect<void>
  }
>()("@valerix/checkout/test/StorageBench") {}

export const StorageBenchPostgres = Layer.effect(
  StorageBench,
  Effect.map(OwnerDatabase, (owner) => ({
    pass: (ms: number) => Effect.provideService(passTime(ms), OwnerDatabase, owner),
    sendAway: (orderId: OrderId, ms: number) =>
      owner.sql`UPDATE saga_queue SET visible_at = now() + ${ms} * interval '1 ms' WHERE order_id = ${orderId}`.pipe(
        Effect.asVoid,
        Effect.orDie
      ),
    loseTurn: (orderId: OrderId) =>
      owner.sql`DELETE FROM saga_queue WHERE order_id = ${orderId}`.pipe(Effect.asVoid, Effect.orDie),
    loseLease: (orderId: OrderId) =>
      owner.sql`DELETE FROM edge_leases WHERE order_id = ${orderId}`.pipe(Effect.asVoid, Effect.orDie)
  }))
)

/** The storage of orders in memory; its clock is the test's. */
export const layerMemory = Layer.suspend(() => {
  const memory = new OrderLedgerMemory({ newOrderId: makeOrderId, sagaVersion: ORDER_SAGA_VERSION })
  const operations = new SagaOperationsMemory(memory)
  return Layer.mergeAll(
    Layer.succeed(OrderLedger, memory.ledger),
    Layer.succeed(OrderSagaStore, memory.sagas),
    Layer.succeed(SagaOperations, operations.operations),
    Layer.succeed(Standstills, standstillsMemory(memory, operations)),
    Layer.succeed(StorageBench, {
      pass: (ms) => TestClock.adjust(ms),
      sendAway: (orderId, ms) =>
        Effect.map(Clock.currentTimeMillis, (nowMs) => {
          const saga = memory.sagas.sagas.get(orderId)
          if (saga !== undefined) memory.sagas.put({ ...saga, visibleAtMs: nowMs + ms })
        }),
      loseTurn: (orderId) => Effect.sync(() => void memory.sagas.sagas.delete(orderId)),
      loseLease: (orderId) =>
        Effect.sync(() => {
          for (const [key, { authorization }] of memory.leases) {
            if (authorization.orderId === orderId) memory.leases.delete(key)
          }
        })
    })
  )
})

export type SagaBench = OrderLedger | OrderSagaStore | SagaOperations | Standstills | StorageBench

/** An order that was accepted, of an organization. */
export const acceptedBy = (organizationId: OrganizationId) => accepted(newEntry({ tenant: tenantOf(organizationId) }))

export const claim = Effect.flatMap(OrderSagaStore, (store) =>
  store.claim({ limit: 100, weightMax: 10_000, leaseMs: LEASE_MS })
)

/** Claims, and gives one of the sagas that are claimed. */
export const claimOne = Effect.fnUntraced(function* (orderId: OrderId) {
  const found = (yield* claim).find(({ sagaId }) => sagaId === orderId)
  return found ?? (yield* Effect.die(new Error(`${orderId} is not due`)))
})

/** Records what became of a claimed saga. */
export const record = Effect.fnUntraced(function* (
  saga: ClaimedSaga,
  change: Transition["change"],
  attempts: Transition["attempts"] = []
) {
  const store = yield* OrderSagaStore
  const { epoch, organizationId, sagaId, status } = saga
  const [recorded] = yield* store.record([{ organizationId, sagaId, epoch, expectedStatus: status, attempts, change }])
  return recorded ?? (yield* Effect.die(new Error("nothing was recorded")))
})

/** Has a worker claim a saga and record changes of it, one after the other. */
export const worked = Effect.fnUntraced(function* (orderId: OrderId, ...changes: ReadonlyArray<Transition["change"]>) {
  let saga = yield* claimOne(orderId)
  for (const change of changes) {
    const recorded: Recorded = yield* record(saga, change)
    if (recorded._tag === "Lost") return yield* Effect.die(new Error("the lease was lost"))
    saga = { ...saga, status: recorded.status }
  }
  return saga
})

export const advance = (status: string): Transition["change"] => ({ _tag: "Advance", status })
export const retryIn = (delayMs: number, attempts = 1, undone: ReadonlyArray<string> = []): Transition["change"] => ({
  _tag: "Retry",
  attempts,
  unsent: 0,
  undone,
  delayMs
})
export const parkedFor = (reason: string): Transition["change"] => ({ _tag: "Park", reason })
export const turnedBack = (failure: SagaFailure = soldOut): Transition["change"] => ({ _tag: "Compensate", failure })
export const soldOut: SagaFailure = { step: "reserve", code: "insufficient_stock", message: "None are left." }

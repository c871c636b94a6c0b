import type { DomainEvent } from "@valerix/messaging"
import type { OrderId } from "@valerix/money-and-ids"
import { Context, type Effect } from "effect"
import type { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import type { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"

/** What a ledger holds besides what it answers, and its clock. */
export class LedgerBooks extends Context.Service<
  LedgerBooks,
  {
    /** An order's row in the queue of sagas; none when it is not there. */
    readonly queued: (
      orderId: OrderId
    ) => Effect.Effect<{ readonly epoch: number; readonly version: number; readonly weight: number } | undefined>
    /** The leases of an order's authorizations, the first generation first. */
    readonly leases: (
      orderId: OrderId
    ) => Effect.Effect<ReadonlyArray<{ readonly generation: number; readonly hasRunOut: boolean }>>
    /** What was told of an order, in order. */
    readonly events: (orderId: OrderId) => Effect.Effect<ReadonlyArray<DomainEvent>>
    readonly nowMs: Effect.Effect<number>
    /** Moves the ledger's clock. */
    readonly passTime: (ms: number) => Effect.Effect<void>
  }
>()("@valerix/checkout/test/LedgerBooks") {}

/** A ledger of its own, empty, with its queue of sagas. */
export type LedgerBench = OrderLedger | OrderSagaStore | LedgerBooks

/** Promises of every ledger, each with the test that it is kept. */
export type LedgerPromises = Readonly<Record<string, Effect.Effect<void, never, LedgerBench>>>

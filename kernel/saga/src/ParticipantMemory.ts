import type { MemoryDatabase } from "@valerix/database/memory"
import { Outbox, OutboxMemory } from "@valerix/messaging"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, type Effect, Layer } from "effect"
import { SagaFences } from "./SagaFences.ts"
import { type IsUnfit, SagaFencesMemory } from "./SagaFencesMemory.ts"

/** What a way to the database does with a transaction: delays it, say, or loses its answer. */
export type TransactionPath = <A, E, R>(transaction: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * What a participant's use cases are built on, in a memory database, and what it holds. It knows no organizations: that
 * nobody sees what is another's is for the database to hold. The layer is that of one process, and its way to the database.
 */
export const makeParticipantMemory = (database: MemoryDatabase, isUnfit?: IsUnfit) => {
  const fences = new SagaFencesMemory(database, isUnfit)
  const outbox = new OutboxMemory(database)
  const layer = (path: TransactionPath = directly) =>
    Layer.succeedContext(
      Context.make(TenantTransactions, { run: () => (body) => path(database.transaction(body)) }).pipe(
        Context.add(SagaFences, fences.fences),
        Context.add(Outbox, outbox.outbox)
      )
    )
  return { fences, outbox, layer }
}

const directly: TransactionPath = (transaction) => transaction

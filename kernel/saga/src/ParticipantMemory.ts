import { type MemoryDatabase, type TransactionPath, tenantTransactionsMemory } from "@valerix/database/memory"
import { Outbox, OutboxMemory } from "@valerix/messaging"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Layer } from "effect"
import { SagaFences } from "./SagaFences.ts"
import { type IsUnfit, SagaFencesMemory } from "./SagaFencesMemory.ts"

export type { TransactionPath } from "@valerix/database/memory"

/**
 * What a participant's use cases are built on, in a memory database, and what it holds. The layer is that of one process,
 * and its way to the database.
 */
export const makeParticipantMemory = (database: MemoryDatabase, isUnfit?: IsUnfit) => {
  const fences = new SagaFencesMemory(database, isUnfit)
  const outbox = new OutboxMemory(database)
  const layer = (path?: TransactionPath) =>
    Layer.succeedContext(
      Context.make(TenantTransactions, tenantTransactionsMemory(database, path)).pipe(
        Context.add(SagaFences, fences.fences),
        Context.add(Outbox, outbox.outbox)
      )
    )
  return { fences, outbox, layer }
}

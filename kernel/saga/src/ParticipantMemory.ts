import type { MemoryDatabase } from "@valerix/database/memory"
import { Outbox, OutboxMemory } from "@valerix/messaging"
import { TenantTransactions } from "@valerix/tenancy"
import { Layer } from "effect"
import { SagaFences } from "./SagaFences.ts"
import { SagaFencesMemory } from "./SagaFencesMemory.ts"

/**
 * What a participant's use cases are built on, in a memory database, and what it holds. It knows no organizations: that
 * nobody sees what is another's is for the database to hold.
 */
export const makeParticipantMemory = (database: MemoryDatabase) => {
  const fences = new SagaFencesMemory(database)
  const outbox = new OutboxMemory(database)
  const layer = Layer.mergeAll(
    Layer.succeed(TenantTransactions, { run: () => (body) => database.transaction(body) }),
    Layer.succeed(SagaFences, fences.fences),
    Layer.succeed(Outbox, outbox.outbox)
  )
  return { fences, outbox, layer }
}

import { MemoryDatabase } from "@valerix/database/memory"
import { makeParticipantMemory } from "@valerix/saga"
import { Layer } from "effect"
import { PaymentRepositoryMemory } from "../../src/adapters/memory/PaymentRepositoryMemory.ts"
import { PaymentRepository } from "../../src/application/ports/PaymentRepository.ts"

/** A repository on a memory database of its own. */
export const layerPaymentRepositoryMemory = Layer.suspend(() => {
  const database = new MemoryDatabase()
  const participant = makeParticipantMemory(database)
  const { repository } = new PaymentRepositoryMemory(database, participant.fences)
  return Layer.merge(participant.layer(), Layer.succeed(PaymentRepository, repository))
})

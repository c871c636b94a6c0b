import { MemoryDatabase } from "@valerix/database/memory"
import { makeParticipantMemory } from "@valerix/saga"
import { Layer } from "effect"
import { SalesOrderRepositoryMemory } from "../../src/adapters/memory/SalesOrderRepositoryMemory.ts"
import { SalesOrderRepository } from "../../src/application/ports/SalesOrderRepository.ts"

/** A repository on a memory database of its own. */
export const layerRepositoryMemory = Layer.suspend(() => {
  const database = new MemoryDatabase()
  const { repository } = new SalesOrderRepositoryMemory(database)
  return Layer.merge(makeParticipantMemory(database).layer(), Layer.succeed(SalesOrderRepository, repository))
})

import { MemoryDatabase } from "@valerix/database/memory"
import { type IsUnfit, makeParticipantMemory, type TransactionPath } from "@valerix/saga"
import { Layer } from "effect"
import { SalesOrderRepositoryMemory } from "./adapters/memory/SalesOrderRepositoryMemory.ts"
import { layerOrdersCommands } from "./application/ExecuteOrders.ts"
import { SalesOrderRepository } from "./application/ports/SalesOrderRepository.ts"

/**
 * The commands of an order's execution on a database in memory, for simulations, and what that database holds. The layer
 * is that of one process, and its way to the database. Some data the database may find unfit.
 */
export const makeOrdersMemory = (isUnfit?: IsUnfit) => {
  const database = new MemoryDatabase()
  const { fences, layer: participant, outbox } = makeParticipantMemory(database, isUnfit)
  const salesOrders = new SalesOrderRepositoryMemory(database)
  const layer = (path?: TransactionPath) =>
    layerOrdersCommands.pipe(
      Layer.provide(Layer.merge(participant(path), Layer.succeed(SalesOrderRepository, salesOrders.repository)))
    )
  return { layer, fences, outbox, salesOrders }
}

import { MemoryDatabase } from "@valerix/database/memory"
import { makeParticipantMemory, type TransactionPath } from "@valerix/saga"
import { Layer } from "effect"
import { SalesOrderRepositoryMemory } from "./adapters/memory/SalesOrderRepositoryMemory.ts"
import { layerOrdersCommands } from "./application/ExecuteOrders.ts"
import { SalesOrderRepository } from "./application/ports/SalesOrderRepository.ts"

/** The commands of an order's execution on a database in memory, for simulations, and what that database holds. The layer is
 * that of one process, and its way to the database. */
export const makeOrdersMemory = () => {
  const database = new MemoryDatabase()
  const { fences, layer: participant, outbox } = makeParticipantMemory(database)
  const salesOrders = new SalesOrderRepositoryMemory(database)
  const layer = (path?: TransactionPath) =>
    layerOrdersCommands.pipe(
      Layer.provide(Layer.merge(participant(path), Layer.succeed(SalesOrderRepository, salesOrders.repository)))
    )
  return { layer, fences, outbox, salesOrders }
}

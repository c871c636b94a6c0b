import { MemoryDatabase } from "@valerix/database/memory"
import { type IsUnfit, makeParticipantMemory, type TransactionPath } from "@valerix/saga"
import { Layer } from "effect"
import { ReservationRepositoryMemory } from "./adapters/memory/ReservationRepositoryMemory.ts"
import { layerInventoryCommands } from "./application/ExecuteReservations.ts"
import { ReservationRepository } from "./application/ports/ReservationRepository.ts"

/**
 * The commands of an order's execution on a database in memory, for simulations, and what that database holds. The layer
 * is that of one process, and its way to the database. Some data the database may find unfit.
 */
export const makeInventoryMemory = (isUnfit?: IsUnfit) => {
  const database = new MemoryDatabase()
  const { fences, layer: participant, outbox } = makeParticipantMemory(database, isUnfit)
  const reservations = new ReservationRepositoryMemory(database)
  const layer = (path?: TransactionPath) =>
    layerInventoryCommands.pipe(
      Layer.provide(Layer.merge(participant(path), Layer.succeed(ReservationRepository, reservations.repository)))
    )
  return { layer, fences, outbox, reservations }
}

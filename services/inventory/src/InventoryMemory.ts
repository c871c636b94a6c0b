import { MemoryDatabase } from "@valerix/database/memory"
import { makeParticipantMemory } from "@valerix/saga"
import { Layer } from "effect"
import { ReservationRepositoryMemory } from "./adapters/memory/ReservationRepositoryMemory.ts"
import { layerInventoryCommands } from "./application/ExecuteReservations.ts"
import { ReservationRepository } from "./application/ports/ReservationRepository.ts"

/** The commands of an order's execution on a database in memory, for simulations, and what that database holds. */
export const makeInventoryMemory = () => {
  const database = new MemoryDatabase()
  const { fences, layer: participant, outbox } = makeParticipantMemory(database)
  const reservations = new ReservationRepositoryMemory(database)
  const layer = layerInventoryCommands.pipe(
    Layer.provide(Layer.merge(participant, Layer.succeed(ReservationRepository, reservations.repository)))
  )
  return { layer, fences, outbox, reservations }
}

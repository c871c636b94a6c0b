import { MemoryDatabase } from "@valerix/database/memory"
import { makeProductId, uuidV7 } from "@valerix/money-and-ids"
import { makeParticipantMemory } from "@valerix/saga"
import { Effect, Layer } from "effect"
import { ReservationRepositoryMemory } from "../../src/adapters/memory/ReservationRepositoryMemory.ts"
import { ReservationRepository } from "../../src/application/ports/ReservationRepository.ts"
import { Shelf } from "./ReservationBench.ts"

/** A repository on a memory database of its own. */
export const layerReservationBenchMemory = Layer.suspend(() => {
  const database = new MemoryDatabase()
  const memory = new ReservationRepositoryMemory(database)
  const locations = new Map<string, string>()
  return Layer.mergeAll(
    makeParticipantMemory(database).layer(),
    Layer.succeed(ReservationRepository, memory.repository),
    Layer.succeed(Shelf, {
      put: (organizationId, onHand, sku) =>
        Effect.sync(() => {
          const productId = makeProductId()
          const locationId = locations.get(organizationId) ?? uuidV7()
          locations.set(organizationId, locationId)
          memory.put({ organizationId, productId, sku, locationId, onHand, reserved: 0 })
          return { productId, locationId }
        }),
      balanceOf: (organizationId, productId) =>
        Effect.sync(() => {
          const row = memory.stockOf({ organizationId, productId })
          return { onHand: row?.onHand ?? 0, reserved: row?.reserved ?? 0 }
        })
    })
  )
})

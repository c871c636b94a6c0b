import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerReservationBenchMemory } from "../../contract/ReservationBenchMemory.ts"
import { reservationRepositoryContract } from "../../contract/ReservationRepositoryContract.ts"

describe("the repository of reservations in memory", () => {
  for (const [promise, test] of reservationRepositoryContract) {
    it.effect(promise, () => Effect.provide(test, layerReservationBenchMemory))
  }
})

import { layer } from "@effect/vitest"
import { agree } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { layerReservationBenchMemory } from "../../contract/ReservationBenchMemory.ts"
import { reservationBenchPostgres } from "../../contract/ReservationBenchPostgres.ts"
import { reservationRepositoryContract } from "../../contract/ReservationRepositoryContract.ts"
import { reservationStories, tellReservations } from "../../contract/ReservationStory.ts"

layer(reservationBenchPostgres(), { excludeTestServices: true })(
  "the repository of reservations in PostgreSQL",
  (it) => {
    for (const [promise, test] of reservationRepositoryContract) it.effect(promise, () => test)

    it.effect("answers as the one in memory does, and holds the same in the end, whatever happens", () =>
      agree(
        reservationStories,
        tellReservations,
        (story) => Effect.provide(tellReservations(story), Layer.fresh(layerReservationBenchMemory)),
        { numRuns: 60 }
      )
    )
  }
)

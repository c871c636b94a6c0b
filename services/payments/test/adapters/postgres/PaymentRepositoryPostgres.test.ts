import { layer } from "@effect/vitest"
import { layerParticipantPostgres } from "@valerix/saga"
import { agree, testDatabase } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { layerPaymentRepositoryPostgres } from "../../../src/adapters/postgres/PaymentRepositoryPostgres.ts"
import { paymentsMigrations } from "../../../src/Migrations.ts"
import { paymentRepositoryContract } from "../../contract/PaymentRepositoryContract.ts"
import { layerPaymentRepositoryMemory } from "../../contract/PaymentRepositoryMemory.ts"
import { paymentStories, tellPayments } from "../../contract/PaymentRepositoryStory.ts"

const Repository = Layer.merge(layerPaymentRepositoryPostgres, layerParticipantPostgres()).pipe(
  Layer.provide(testDatabase("payments", paymentsMigrations))
)

layer(Repository, { excludeTestServices: true })("the repository of payments in PostgreSQL", (it) => {
  for (const [promise, test] of paymentRepositoryContract) it.effect(promise, () => test)

  it.effect("answers as the one in memory does, and holds the same in the end, whatever happens", () =>
    agree(
      paymentStories,
      tellPayments,
      (story) => Effect.provide(tellPayments(story), Layer.fresh(layerPaymentRepositoryMemory)),
      { numRuns: 150 }
    )
  )
})

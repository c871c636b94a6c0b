import { layer } from "@effect/vitest"
import { layerParticipantPostgres } from "@valerix/saga"
import { agree, testDatabase } from "@valerix/testing"
import { Effect, Layer } from "effect"
import { layerSalesOrderRepositoryPostgres } from "../../../src/adapters/postgres/SalesOrderRepositoryPostgres.ts"
import { ordersMigrations } from "../../../src/Migrations.ts"
import { layerRepositoryMemory } from "../../contract/RepositoryMemory.ts"
import { salesOrderRepositoryContract } from "../../contract/SalesOrderRepositoryContract.ts"
import { repositoryStories, tellRepository } from "../../contract/SalesOrderRepositoryStory.ts"

const Repository = Layer.merge(layerSalesOrderRepositoryPostgres, layerParticipantPostgres()).pipe(
  Layer.provide(testDatabase("orders", ordersMigrations))
)

layer(Repository, { excludeTestServices: true })("the repository of sales orders in PostgreSQL", (it) => {
  for (const [promise, test] of salesOrderRepositoryContract) it.effect(promise, () => test)

  it.effect("answers as the one in memory does, and holds the same in the end, whatever happens", () =>
    agree(
      repositoryStories,
      tellRepository,
      (story) => Effect.provide(tellRepository(story), Layer.fresh(layerRepositoryMemory)),
      { numRuns: 100 }
    )
  )
})

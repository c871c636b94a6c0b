import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Option } from "effect"
import { SagaOperations } from "../../../src/application/ports/SagaOperations.ts"
import { versionOf } from "../../../src/domain/Execution.ts"
import { acceptedBy, StorageBenchPostgres } from "../../contract/SagaBench.ts"
import { sagaOperationsContract } from "../../contract/SagaOperationsContract.ts"
import { promises } from "../../support/Bench.ts"
import { makeOrganization } from "../../support/Samples.ts"

promises("operating on sagas in PostgreSQL", (promise) => {
  for (const [name, test] of Object.entries(sagaOperationsContract)) {
    promise(name, () => Effect.provide(test, StorageBenchPostgres))
  }

  promise("show an order whose row is damaged, and its neighbours, and take it in hand", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const operations = yield* SagaOperations
      const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
      const neighbour = yield* acceptedBy(organizationId)
      for (const [created, updated] of [
        ["infinity", "-infinity"],
        ["-infinity", "infinity"]
      ] as const) {
        yield* sql`
          UPDATE order_ledger SET undone_steps = '{NULL}', failure = '"?"', next_retry_at = ${created}::timestamptz,
            created_at = ${created}::timestamptz, updated_at = ${updated}::timestamptz
          WHERE order_id = ${orderId}`.pipe(Effect.orDie)
        const page = yield* operations.select(organizationId, {
          filter: {},
          action: undefined,
          after: undefined,
          limit: 10
        })
        assert.deepStrictEqual(
          page.executions.map((one) => one.orderId),
          [orderId, neighbour.orderId]
        )
        for (const { ageMs, createdAt, stoodStillMs } of page.executions) {
          assert.isTrue([ageMs, createdAt.getTime(), stoodStillMs].every(Number.isFinite))
        }
      }
      const version = versionOf(Option.getOrThrow(yield* operations.find(organizationId, orderId)))
      const seen = [{ orderId, version }]
      const intervention = { action: "park", principal: "ada", reason: "To be repaired" } as const
      const [result] = yield* operations.intervene(organizationId, seen, intervention)
      assert.strictEqual(result?._tag, "Applied")
    }).pipe(Effect.provide(StorageBenchPostgres))
  )
})

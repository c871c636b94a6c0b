import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testTopology } from "./support/TestProgram.ts"

const ROUNDS = 12
const CALLERS = 6

/** A provider that fails now and then, so that orders are retried, and authorizations abandoned and settled. */
const unsteady = testTopology({
  mockProvider: { latencyMs: 2, failureRate: 0.03, declineRate: 0, seed: "under load", timeoutMs: 1_500 }
})

layer(layerTestProgram(unsteady), { excludeTestServices: true, timeout: "180 seconds" })(
  "verify beside traffic",
  (it) => {
    it.effect("finds nothing while orders are placed, cancelled, declined and compensated, and nothing after", () =>
      Effect.gen(function* () {
        const { client, owner, verify } = yield* TestProgram
        yield* client.product("PLENTY", 100_000)
        yield* client.product("SCARCE", 3)

        // Suspended, so that each has an idempotency key of its own.
        const plain = Effect.suspend(() => client.order({ product_id: "PLENTY", quantity: 2 }))
        const cancelled = Effect.gen(function* () {
          const answer = yield* client.order({ product_id: "PLENTY", quantity: 1 })
          if (answer.status !== 202) return
          yield* client.call("PUT", `/api/v1/orders/${orderIn(answer).id}/cancel`)
        })
        const cancelledLate = Effect.gen(function* () {
          const answer = yield* client.order({ product_id: "PLENTY", quantity: 1 }, { wait: 5 })
          if (answer.status !== 201) return
          yield* client.call("PUT", `/api/v1/orders/${orderIn(answer).id}/cancel`)
        })
        const declined = client.order({
          customer_id: "01900000-0000-7000-8000-00000000c001",
          items: [{ sku: "PLENTY", quantity: 1 }],
          payment: { method: "card", token: "decline_insufficient" }
        })
        const compensated = Effect.suspend(() => client.order({ product_id: "SCARCE", quantity: 2 }))
        const traffic = Effect.forEach(
          Array.from({ length: ROUNDS * CALLERS }),
          (_, index) => [plain, cancelled, cancelledLate, declined, compensated][index % 5] ?? plain,
          { concurrency: CALLERS, discard: true }
        )

        const working = yield* Effect.forkChild(traffic)
        let rounds = 0
        while (working.pollUnsafe() === undefined) {
          assert.deepStrictEqual((yield* verify.ofAll).findings, [])
          rounds += 1
        }
        yield* Fiber.join(working)
        assert.isAbove(rounds, 3)

        const unfinished = owner("checkout")<{ count: number }>`
        SELECT (SELECT count(*) FROM saga_queue)::int + (SELECT count(*) FROM edge_leases)::int AS count`
        while (((yield* unfinished)[0]?.count ?? 0) > 0) assert.deepStrictEqual((yield* verify.ofAll).findings, [])
        assert.deepStrictEqual((yield* verify.ofAll).findings, [])
        const statuses = yield* owner("checkout")<{ status: string }>`
        SELECT DISTINCT coalesce(failure ->> 'code', status) AS status FROM order_ledger ORDER BY 1`
        assert.includeMembers(
          statuses.map(({ status }) => status),
          ["COMPLETED", "cancelled_on_request", "insufficient_stock", "payment_declined"]
        )
      })
    )
  }
)

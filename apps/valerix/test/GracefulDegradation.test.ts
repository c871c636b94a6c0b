import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testCheckout, testTopology } from "./support/TestProgram.ts"

/** Enough attempts for a step to be given up only long after a test is over. */
const RETRIES = Array.from({ length: 20 }, () => 300)
const patient = testTopology({
  checkout: testCheckout({
    orchestrator: { ...testCheckout().orchestrator, retryDelaysMs: RETRIES, downstreamLimitMs: 300 }
  })
})

layer(layerTestProgram(patient), { excludeTestServices: true, timeout: "120 seconds" })(
  "an order whose participant does not answer in time",
  (it) => {
    /** Holds every row of a table until `release` is run, so that whoever needs one has to wait. */
    const hold = Effect.fnUntraced(function* (database: "inventory" | "payments", table: string) {
      const sql = (yield* TestProgram).owner(database)
      const isHeld = yield* Deferred.make<void>()
      const mayGo = yield* Deferred.make<void>()
      const holding = yield* sql
        .withTransaction(
          Effect.andThen(
            sql`SELECT FROM ${sql(table)} FOR UPDATE`,
            Effect.andThen(Deferred.succeed(isHeld, undefined), Deferred.await(mayGo))
          )
        )
        .pipe(Effect.orDie, Effect.forkScoped)
      yield* Deferred.await(isHeld)
      return Effect.andThen(Deferred.succeed(mayGo, undefined), Fiber.join(holding))
    })

    const seenAs = Effect.fnUntraced(function* (id: string, status: string) {
      const { client } = yield* TestProgram
      return yield* client
        .findOrder(id)
        .pipe(
          Effect.repeat({ schedule: Schedule.spaced(20), until: (order) => order.status === status }),
          Effect.timeout(30_000),
          Effect.orDie
        )
    })

    it.effect("is answered 202 as being processed, waits as PENDING_INVENTORY, and is confirmed afterwards", () =>
      Effect.gen(function* () {
        const { client, verify } = yield* TestProgram
        yield* client.product("HELD-STOCK", 5)
        const release = yield* hold("inventory", "inventory_balances")
        const answer = yield* client.order({ product_id: "HELD-STOCK", quantity: 1 }, { wait: 2 })
        assert.strictEqual(answer.status, 202, JSON.stringify(answer.body))
        assert.deepInclude(answer.body, { message: "Order is being processed" })
        assert.match(orderIn(answer).status, /^PENDING/)
        const { id } = orderIn(answer)
        assert.strictEqual((yield* seenAs(id, "PENDING_INVENTORY")).ledger_status, "ORDER_CREATED")
        yield* release
        assert.strictEqual((yield* client.ended(id)).status, "CONFIRMED")
        assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      })
    )

    it.effect("keeps its stock while its capture waits as PENDING_PAYMENT, and is confirmed afterwards", () =>
      Effect.gen(function* () {
        const { client, owner, verify } = yield* TestProgram
        const productId = yield* client.product("HELD-MONEY", 5)
        // The stock is held until the authorization has been made, so that only the capture meets the lock on payments.
        const releaseStock = yield* hold("inventory", "inventory_balances")
        const placed = yield* client.order({ product_id: "HELD-MONEY", quantity: 2 })
        assert.strictEqual(placed.status, 202)
        const { id } = orderIn(placed)
        const releaseMoney = yield* hold("payments", "payments")
        yield* releaseStock
        assert.strictEqual((yield* seenAs(id, "PENDING_PAYMENT")).ledger_status, "INVENTORY_RESERVED")
        const availability = yield* client.call("GET", `/api/v1/inventory/products/${productId}/availability`)
        assert.deepInclude(availability.body, { stock_quantity: 5, available: 3 })
        yield* releaseMoney
        assert.strictEqual((yield* client.ended(id)).status, "CONFIRMED")
        const captures = yield* owner("mock_provider")`SELECT FROM captures WHERE order_reference = ${id}`
        assert.lengthOf(captures, 1)
        assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      })
    )

    it.effect("is cancelled with everything undone when its customer asks for it meanwhile", () =>
      Effect.gen(function* () {
        const { client, owner, verify } = yield* TestProgram
        const productId = yield* client.product("HELD-REGRET", 5)
        const release = yield* hold("inventory", "inventory_balances")
        const { id } = orderIn(yield* client.order({ product_id: "HELD-REGRET", quantity: 2 }))
        yield* seenAs(id, "PENDING_INVENTORY")
        assert.strictEqual((yield* client.call("PUT", `/api/v1/orders/${id}/cancel`)).status, 202)
        yield* release
        const order = yield* client.ended(id)
        assert.strictEqual(order.failure?.code, "cancelled_on_request")
        const availability = yield* client.call("GET", `/api/v1/inventory/products/${productId}/availability`)
        assert.deepInclude(availability.body, { stock_quantity: 5, available: 5 })
        const payments = yield* owner("payments")`SELECT status FROM payments WHERE order_id = ${id}`
        assert.deepStrictEqual(payments, [{ status: "VOIDED" }])
        assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      })
    )
  }
)

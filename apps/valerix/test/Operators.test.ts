import { assert, layer } from "@effect/vitest"
import { Effect, Schedule, Schema } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram, testCheckout, testTopology } from "./support/TestProgram.ts"

/** A step that fails waits long enough for an operator to come. */
const { orchestrator } = testCheckout()
const patient = testTopology({
  checkout: testCheckout({ orchestrator: { ...orchestrator, retryDelaysMs: [3_600_000, 3_600_000] } })
})

const Bulk = Schema.Struct({
  applied: Schema.Int,
  moved: Schema.Int,
  orders: Schema.Array(Schema.Struct({ order_id: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String)
})

const FILTER = { step: "reserve", text: "unexpected error" }

layer(layerTestProgram(patient), { excludeTestServices: true, timeout: "120 seconds" })("operators", (it) => {
  it.effect("take orders in hand that execution could not finish, part by part, and every promise holds", () =>
    Effect.gen(function* () {
      const { client, owner, verify } = yield* TestProgram
      const productId = yield* client.product("HANDS", 10)
      const act = (action: string, body: object) =>
        Effect.flatMap(client.call("POST", `/api/v1/sagas/${action}`, { body }), (answer) =>
          Effect.orDie(Schema.decodeUnknownEffect(Bulk)(answer.body))
        )

      yield* owner("inventory")`REVOKE INSERT ON inventory_reservations FROM inventory_service`
      const placed = yield* Effect.forEach([1, 2, 3, 4, 5], () =>
        Effect.map(
          Effect.suspend(() => client.order({ product_id: "HANDS", quantity: 1 })),
          (answer) => orderIn(answer).id
        )
      )
      yield* Effect.repeat(act("retry", { reason: "How many?", filter: FILTER, dry_run: true }), {
        until: ({ applied }) => applied === placed.length,
        schedule: Schedule.spaced(50)
      })
      const parked = yield* act("park", { reason: "The warehouse is closed", filter: FILTER })
      assert.deepStrictEqual(
        parked.orders.map(({ order_id }) => order_id),
        placed
      )
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
      yield* owner("inventory")`GRANT INSERT ON inventory_reservations TO inventory_service`

      const back = yield* act("compensate", { reason: "No longer sold", filter: { parked: true }, limit: 2 })
      assert.deepInclude(back, { applied: 2, moved: 0 })
      const rest = { reason: "The warehouse is open", filter: { parked: true } }
      assert.strictEqual((yield* act("resume", rest)).applied, 3)
      assert.strictEqual((yield* act("resume", rest)).applied, 0)
      const ended = yield* Effect.forEach(placed, (id) => client.ended(id))
      assert.deepStrictEqual(
        ended.map(({ failure, ledger_status }) => failure?.code ?? ledger_status),
        ["compensated_by_operator", "compensated_by_operator", "COMPLETED", "COMPLETED", "COMPLETED"]
      )
      const availability = yield* client.call("GET", `/api/v1/inventory/products/${productId}/availability`)
      assert.deepInclude(availability.body, { stock_quantity: 10, available: 7 })
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { orderIn } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const Timeline = Schema.Struct({
  data: Schema.Array(Schema.Struct({ step: Schema.String, outcome: Schema.String, attempt: Schema.Int }))
})
const decodeTimeline = Schema.decodeUnknownEffect(Timeline)

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })("placing an order", (it) => {
  it.effect("confirms the short form of the README, and its timeline shows every step", () =>
    Effect.gen(function* () {
      const { client, verify } = yield* TestProgram
      yield* client.product("PROD-001", 100)
      const answer = yield* client.order({ product_id: "PROD-001", quantity: 1 }, { wait: 5 })
      assert.strictEqual(answer.status, 201, JSON.stringify(answer.body))
      const order = orderIn(answer)
      assert.strictEqual(order.status, "CONFIRMED")
      const timeline = yield* Effect.flatMap(client.call("GET", `/api/v1/orders/${order.id}/timeline`), ({ body }) =>
        decodeTimeline(body)
      )
      assert.deepStrictEqual(
        timeline.data.map(({ step, outcome }) => `${step} ${outcome}`),
        ["authorize DONE", "create DONE", "reserve DONE", "capture DONE", "confirm DONE"]
      )
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )
})

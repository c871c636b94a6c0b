import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { orderIn, organizationHeader } from "./support/TestClient.ts"
import { layerTestProgram, TestProgram } from "./support/TestProgram.ts"

const RED = "01900000-0000-7000-8000-00000000000a"
const BLUE = "01900000-0000-7000-8000-00000000000b"

layer(layerTestProgram(), { excludeTestServices: true, timeout: "120 seconds" })("two organizations", (it) => {
  it.effect("use the same SKU and the same key, and see nothing of each other", () =>
    Effect.gen(function* () {
      const { client, verify } = yield* TestProgram
      yield* client.product("SHARED", 10, { organization: RED, amount: "1.00" })
      yield* client.product("SHARED", 10, { organization: BLUE, amount: "2.00" })
      const place = (organization: string) =>
        client.order({ product_id: "SHARED", quantity: 1 }, { key: "one", wait: 10, organization })
      const red = yield* place(RED)
      const blue = yield* place(BLUE)
      assert.deepInclude(red.body, { status: "CONFIRMED", total: { amount: "1.00", currency: "EUR" } })
      assert.deepInclude(blue.body, { status: "CONFIRMED", total: { amount: "2.00", currency: "EUR" } })
      assert.notStrictEqual(orderIn(red).id, orderIn(blue).id)

      const paths = [
        `/api/v1/orders/${orderIn(red).id}`,
        `/api/v1/orders/${orderIn(red).id}/timeline`,
        `/api/v1/sales-orders/${orderIn(red).id}`
      ]
      for (const path of paths) {
        assert.strictEqual((yield* client.call("GET", path, { headers: organizationHeader(RED) })).status, 200, path)
        assert.strictEqual((yield* client.call("GET", path, { headers: organizationHeader(BLUE) })).status, 404, path)
        assert.strictEqual((yield* client.call("GET", path)).status, 404, path)
      }
      const cancel = yield* client.call("PUT", `/api/v1/orders/${orderIn(red).id}/cancel`, {
        headers: organizationHeader(BLUE)
      })
      assert.strictEqual(cancel.status, 404)
      assert.deepStrictEqual((yield* verify.ofAll).findings, [])
    })
  )
})

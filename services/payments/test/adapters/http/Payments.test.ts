import { assert, layer } from "@effect/vitest"
import { makeOrderId, uuidV7 } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { PaymentsCommands } from "../../../src/contract/index.ts"
import { aPayment } from "../../TestPayments.ts"
import { client, codeOf, rowsOf, testServer } from "./Server.ts"

layer(testServer(), { excludeTestServices: true })("GET /api/v1/payments", (it) => {
  it.effect(
    "shows a payment with its amounts and all that was asked of the provider, but not the means of payment",
    () =>
      Effect.gen(function* () {
        const { authorize, capture } = yield* PaymentsCommands
        const { get, organizationId } = yield* client()
        const payment = aPayment({ organizationId, token: "tok_secret" })
        yield* authorize([payment])
        yield* capture([{ ...payment, epoch: 1 }])
        const list = yield* get(`/api/v1/payments?order_id=${payment.orderId}`)
        assert.strictEqual(list.status, 200)
        const [listed] = rowsOf(list, "data")
        const shown = yield* get(`/api/v1/payments/${listed?.["payment_id"]}`)
        const { body, status } = shown
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(listed, body)
        const nineteen99 = { amount: "19.99", currency: "EUR" }
        assert.deepInclude(body, {
          order_id: payment.orderId,
          generation: 1,
          customer_id: payment.customerId,
          status: "CAPTURED",
          result: "SUCCESS",
          payment_method: "card",
          amount: nineteen99,
          authorized: nineteen99,
          captured: nineteen99,
          refunded: { amount: "0.00", currency: "EUR" }
        })
        const operations = rowsOf(shown, "operations")
        assert.deepStrictEqual(
          operations.map(({ attempts, key, kind, state }) => [kind, state, key, attempts]),
          [
            ["AUTHORIZE", "SUCCEEDED", `authorize-${payment.orderId}-1`, 1],
            ["CAPTURE", "SUCCEEDED", `capture-${payment.orderId}`, 1]
          ]
        )
        assert.notInclude(JSON.stringify(body), "tok_secret")
      })
  )

  it.effect("pages from the newest to the oldest, each payment once", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const { get, organizationId } = yield* client()
      const payments = Array.from({ length: 7 }, () => aPayment({ organizationId }))
      for (const payment of payments) yield* authorize([payment])
      const seen: Array<unknown> = []
      let cursor: unknown
      for (let page = 0; page < 4 && cursor !== null; page += 1) {
        const answer = yield* get(`/api/v1/payments?limit=3${cursor === undefined ? "" : `&cursor=${cursor}`}`)
        seen.push(...rowsOf(answer, "data").map(({ order_id }) => order_id))
        cursor = answer.body["next_cursor"]
      }
      assert.deepStrictEqual(seen, payments.map(({ orderId }) => orderId).toReversed())
    })
  )

  it.effect("shows nothing of another organization", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const owner = yield* client()
      const stranger = yield* client()
      const payment = aPayment({ organizationId: owner.organizationId })
      yield* authorize([payment])
      const mine = yield* owner.get(`/api/v1/payments?order_id=${payment.orderId}`)
      const [{ payment_id } = { payment_id: "none" }] = rowsOf(mine, "data")
      assert.deepStrictEqual(codeOf(yield* stranger.get(`/api/v1/payments/${payment_id}`)), [404, "payment_not_found"])
      assert.deepStrictEqual((yield* stranger.get(`/api/v1/payments?order_id=${payment.orderId}`)).body["data"], [])
    })
  )

  it.effect("answers 404 for a payment that is not there, and 400 for what is no id", () =>
    Effect.gen(function* () {
      const { get } = yield* client()
      assert.deepStrictEqual(codeOf(yield* get(`/api/v1/payments/${uuidV7()}`)), [404, "payment_not_found"])
      assert.strictEqual((yield* get("/api/v1/payments/nobody")).status, 400)
      assert.deepStrictEqual((yield* get(`/api/v1/payments?order_id=${makeOrderId()}`)).body["data"], [])
    })
  )
})

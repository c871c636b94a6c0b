import { assert, layer } from "@effect/vitest"
import { Currency, MinorUnits, makeOrderId, uuidV7 } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { PaymentsCommands } from "../../../src/contract/index.ts"
import { MockProviderFaults } from "../../../src/Payments.ts"
import { aPayment } from "../../TestPayments.ts"
import { client, codeOf, rowsOf, testShortServer } from "./Server.ts"

const euros = (amount: string) => ({ amount, currency: "EUR" })

layer(testShortServer(), { excludeTestServices: true })("payments in their shortest form", (it) => {
  it.effect("are made in one request, of 99.99 euros when nothing else is said, and shown by their id", () =>
    Effect.gen(function* () {
      const { get, post } = yield* client()
      const paid = yield* post("/payments", { order_id: "ORD-1" })
      const { id } = paid.body
      assert.deepStrictEqual(paid, {
        status: 201,
        body: { id, order_id: "ORD-1", amount: euros("99.99"), status: "SUCCESS" }
      })
      assert.deepStrictEqual(yield* get(`/payments/${id}`), { status: 200, body: paid.body })
      assert.deepStrictEqual(yield* post("/payments", { order_id: "ORD-1" }), paid)
      const unknown = yield* get(`/payments/${uuidV7()}`)
      assert.deepStrictEqual(codeOf(unknown), [404, "payment_not_found"])
    })
  )

  it.effect("take an amount as a number, as text, or as money with its currency", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const amounts: ReadonlyArray<readonly [given: unknown, paid: unknown]> = [
        [5, euros("5.00")],
        [19.9, euros("19.90")],
        ["0.01", euros("0.01")],
        [euros("7.50"), euros("7.50")],
        [
          { amount: "700", currency: "JPY" },
          { amount: "700", currency: "JPY" }
        ]
      ]
      for (const [given, paid] of amounts) {
        const { body, status } = yield* post("/payments", { order_id: uuidV7(), amount: given })
        assert.deepStrictEqual([status, body["amount"], body["status"]], [201, paid, "SUCCESS"])
      }
    })
  )

  it.effect("refuse an amount that is none, and name it", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      for (const amount of [0, -1, 0.001, 1e21, "0.00", "ten", "1e2", euros("-1.00"), null, true]) {
        const refused = yield* post("/payments", { order_id: "ORD-2", amount })
        assert.deepStrictEqual(codeOf(refused), [400, "validation_error"], JSON.stringify(amount))
        for (const { field } of rowsOf(refused, "errors")) assert.match(String(field), /^amount/)
      }
      const nameless = yield* post("/payments", { order_id: "" })
      assert.deepStrictEqual(codeOf(nameless), [400, "validation_error"])
    })
  )

  it.effect("say FAILED when the provider declines, and PENDING until it answers; both can be looked up", () =>
    Effect.gen(function* () {
      const { get, post } = yield* client()
      const faults = yield* MockProviderFaults
      const declined = yield* post("/payments", { order_id: "ORD-3", payment_token: "decline_insufficient" })
      assert.strictEqual(declined.status, 201)
      assert.deepInclude(declined.body, { status: "FAILED", decline_code: "insufficient_funds" })
      assert.deepStrictEqual((yield* get(`/payments/${declined.body["id"]}`)).body, declined.body)
      yield* faults.next("authorize", "REQUEST_LOST")
      const pending = yield* post("/payments", { order_id: "ORD-4" })
      assert.deepStrictEqual([pending.status, pending.body["status"]], [201, "PENDING"])
      assert.strictEqual((yield* get(`/payments/${pending.body["id"]}`)).body["status"], "PENDING")
      const again = yield* post("/payments", { order_id: "ORD-4" })
      assert.deepStrictEqual(again.body, { ...pending.body, status: "SUCCESS" })
    })
  )

  it.effect("are one per order: another amount is refused, and an order of ours has the payment that it has", () =>
    Effect.gen(function* () {
      const { organizationId, post } = yield* client()
      yield* post("/payments", { order_id: "ORD-5", amount: 5 })
      const other = yield* post("/payments", { order_id: "ORD-5", amount: 6 })
      assert.deepStrictEqual(codeOf(other), [422, "idempotency_key_reused"])
      const commands = yield* PaymentsCommands
      const orderId = makeOrderId()
      const terms = { amountMinor: MinorUnits.make(9_999), currency: Currency.make("EUR") }
      yield* commands.authorize([aPayment({ organizationId, orderId, ...terms })])
      const paid = yield* post("/payments", { order_id: orderId })
      assert.deepInclude(paid.body, { order_id: orderId, status: "SUCCESS" })
      const [settled] = yield* commands.settle([
        { organizationId, orderId, generation: 1, epoch: 1, correlationId: undefined }
      ])
      assert.strictEqual(settled?._tag, "Done")
      assert.deepStrictEqual(yield* post("/payments", { order_id: orderId }), {
        status: 201,
        body: { ...paid.body, status: "FAILED" }
      })
    })
  )

  it.effect("are not made of an order whose payment was settled before there was one", () =>
    Effect.gen(function* () {
      const { organizationId, post } = yield* client()
      const commands = yield* PaymentsCommands
      const orderId = makeOrderId()
      yield* commands.settle([{ organizationId, orderId, generation: 1, epoch: 1, correlationId: undefined }])
      assert.deepStrictEqual(codeOf(yield* post("/payments", { order_id: orderId })), [409, "payment_settled"])
    })
  )
})

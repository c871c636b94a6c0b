import { assert, layer } from "@effect/vitest"
import { makeOrderId, uuidV7 } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { MockProviderFaults } from "../../../src/Payments.ts"
import { expireAtProvider, providerKinds, statusOf } from "../../Inspect.ts"
import { client, codeOf, rowsOf, testServer } from "./Server.ts"

const body = (differences: object = {}) => ({
  user_id: uuidV7(),
  amount_cents: 1_999,
  currency: "USD",
  payment_token: "tok_good",
  idempotency_key: `key-${uuidV7()}`,
  ...differences
})

const again = { idempotency_key: "any" }

layer(testServer(), { excludeTestServices: true })("payments step by step over HTTP", (it) => {
  it.effect("authorizes under a key of the caller's own making, and gives the same authorization again", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const request = body()
      const first = yield* post("/payments/authorize", request)
      assert.strictEqual(first.status, 200)
      assert.deepInclude(first.body, { status: "AUTHORIZED", amount_cents: 1_999, currency: "USD" })
      assert.match(String(first.body["authorization_id"]), /^auth_[A-Za-z0-9]{24}$/)
      assert.deepStrictEqual((yield* post("/payments/authorize", request)).body, first.body)
      assert.deepStrictEqual(codeOf(yield* post("/payments/authorize", { ...request, amount_cents: 1 })), [
        422,
        "idempotency_key_reused"
      ])
    })
  )

  it.effect("authorizes the order that a key of our form names", () =>
    Effect.gen(function* () {
      const { organizationId, post } = yield* client()
      const orderId = makeOrderId()
      const { body: answer } = yield* post("/payments/authorize", body({ idempotency_key: `authorize-${orderId}-3` }))
      assert.strictEqual(answer["order_id"], orderId)
      assert.strictEqual(yield* statusOf({ organizationId, orderId, generation: 3 }), "AUTHORIZED")
    })
  )

  it.effect("declines with 402 and the code of the token", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      for (const [token, code] of [
        ["tok_decline_insufficient", "insufficient_funds"],
        ["tok_decline_expired", "card_expired"],
        ["tok_decline_stolen", "card_declined"],
        ["tok_decline_", "generic_decline"]
      ]) {
        const declined = yield* post("/payments/authorize", body({ payment_token: token }))
        assert.strictEqual(declined.status, 402)
        assert.deepInclude(declined.body, { code: "payment_declined", decline_code: code, is_retryable: false })
      }
    })
  )

  it.effect("answers 503 gateway_error when the provider did not answer, and finds the authorization afterwards", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const faults = yield* MockProviderFaults
      const request = body()
      yield* faults.next("authorize", "ANSWER_LOST")
      const failed = yield* post("/payments/authorize", request)
      assert.strictEqual(failed.status, 503)
      assert.deepInclude(failed.body, { code: "gateway_error", is_retryable: true })
      assert.strictEqual((yield* post("/payments/authorize", request)).status, 200)
    })
  )

  it.effect("captures once, whatever the keys, and gives the same capture again", () =>
    Effect.gen(function* () {
      const { organizationId, post } = yield* client()
      const orderId = makeOrderId()
      const { body: authorized } = yield* post(
        "/payments/authorize",
        body({ idempotency_key: `authorize-${orderId}-1` })
      )
      const path = `/payments/capture/${authorized["authorization_id"]}`
      const captured = yield* post(path, again)
      assert.strictEqual(captured.status, 200)
      assert.deepInclude(captured.body, { status: "CAPTURED", amount_cents: 1_999, currency: "USD" })
      assert.match(String(captured.body["capture_id"]), /^cap_[A-Za-z0-9]{24}$/)
      assert.deepStrictEqual((yield* post(path, { idempotency_key: "another" })).body, captured.body)
      assert.deepStrictEqual(codeOf(yield* post(path, { ...again, amount_cents: 5 })), [422, "idempotency_key_reused"])
      assert.deepStrictEqual(yield* providerKinds({ organizationId, orderId, generation: 1 }), ["AUTHORIZE", "CAPTURE"])
    })
  )

  it.effect("captures a part", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const { body: authorized } = yield* post("/payments/authorize", body())
      const captured = yield* post(`/payments/capture/${authorized["authorization_id"]}`, {
        ...again,
        amount_cents: 500
      })
      assert.strictEqual(captured.body["amount_cents"], 500)
    })
  )

  it.effect("voids, and again, and captures no more", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const { body: authorized } = yield* post("/payments/authorize", body())
      const id = authorized["authorization_id"]
      const voided = yield* post(`/payments/void/${id}`, { ...again, reason: "out of stock" })
      assert.strictEqual(voided.status, 200)
      assert.deepInclude(voided.body, { authorization_id: id, status: "VOIDED" })
      assert.deepStrictEqual((yield* post(`/payments/void/${id}`, again)).body, voided.body)
      assert.deepStrictEqual(codeOf(yield* post(`/payments/capture/${id}`, again)), [409, "already_voided"])
    })
  )

  it.effect("refuses to void what is captured, also when only the provider knows, and captures it as before", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const faults = yield* MockProviderFaults
      const { body: known } = yield* post("/payments/authorize", body())
      yield* post(`/payments/capture/${known["authorization_id"]}`, again)
      assert.deepStrictEqual(codeOf(yield* post(`/payments/void/${known["authorization_id"]}`, again)), [
        409,
        "already_captured"
      ])
      const { body: unknown } = yield* post("/payments/authorize", body())
      yield* faults.next("capture", "ANSWER_LOST")
      assert.deepStrictEqual(codeOf(yield* post(`/payments/capture/${unknown["authorization_id"]}`, again)), [
        503,
        "gateway_error"
      ])
      assert.deepStrictEqual(codeOf(yield* post(`/payments/void/${unknown["authorization_id"]}`, again)), [
        409,
        "already_captured"
      ])
      assert.strictEqual((yield* post(`/payments/capture/${unknown["authorization_id"]}`, again)).status, 200)
    })
  )

  it.effect("refunds what is captured, and again, and nothing else", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const { body: authorized } = yield* post("/payments/authorize", body())
      const path = `/payments/refund/${authorized["authorization_id"]}`
      assert.deepStrictEqual(codeOf(yield* post(path, again)), [409, "not_captured"])
      yield* post(`/payments/capture/${authorized["authorization_id"]}`, again)
      const refunded = yield* post(path, again)
      assert.strictEqual(refunded.status, 200)
      assert.deepInclude(refunded.body, { status: "REFUNDED", amount_cents: 1_999 })
      assert.deepStrictEqual((yield* post(path, again)).body, refunded.body)
    })
  )

  it.effect("answers 404 for another organization's authorization and for none", () =>
    Effect.gen(function* () {
      const owner = yield* client()
      const stranger = yield* client()
      const { body: authorized } = yield* owner.post("/payments/authorize", body())
      for (const id of [authorized["authorization_id"], "auth_nothing"]) {
        for (const verb of ["capture", "void", "refund"]) {
          assert.deepStrictEqual(codeOf(yield* stranger.post(`/payments/${verb}/${id}`, again)), [
            404,
            "authorization_not_found"
          ])
        }
      }
    })
  )

  it.effect("refuses to capture what has expired", () =>
    Effect.gen(function* () {
      const { organizationId, post } = yield* client()
      const orderId = makeOrderId()
      const { body: authorized } = yield* post(
        "/payments/authorize",
        body({ idempotency_key: `authorize-${orderId}-1` })
      )
      yield* expireAtProvider({ organizationId, orderId, generation: 1 })
      assert.deepStrictEqual(codeOf(yield* post(`/payments/capture/${authorized["authorization_id"]}`, again)), [
        409,
        "authorization_expired"
      ])
    })
  )

  it.effect("settles an order's payment, and lets it never be authorized afterwards", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const orderId = makeOrderId()
      const settled = yield* post("/payments/settle", { order_id: orderId, generation: 1, epoch: 4 })
      assert.deepStrictEqual(settled, { status: 200, body: { order_id: orderId, generation: 1, status: "SETTLED" } })
      assert.deepStrictEqual(
        codeOf(yield* post("/payments/authorize", body({ idempotency_key: `authorize-${orderId}-1` }))),
        [409, "payment_settled"]
      )
      assert.deepStrictEqual(codeOf(yield* post("/payments/settle", { order_id: orderId, generation: 1, epoch: 3 })), [
        409,
        "payment_settled"
      ])
    })
  )

  it.effect("pays for an order in one request, once, and says so in three words", () =>
    Effect.gen(function* () {
      const { get, post } = yield* client()
      const faults = yield* MockProviderFaults
      const amount = { amount: "5.00", currency: "EUR" }
      const request = { order_id: "ORD-1", amount }
      const paid = yield* post("/payments", request)
      assert.strictEqual(paid.status, 201)
      assert.deepInclude(paid.body, { order_id: "ORD-1", status: "SUCCESS" })
      assert.deepStrictEqual(yield* post("/payments", request), paid)
      const { body: shown } = yield* get(`/payments/${paid.body["payment_id"]}`)
      assert.deepInclude(shown, { status: "CAPTURED", result: "SUCCESS" })
      const declined = yield* post("/payments", { order_id: "ORD-2", amount, payment_token: "tok_decline_x" })
      assert.strictEqual(declined.status, 201)
      assert.deepInclude(declined.body, { order_id: "ORD-2", status: "FAILED", decline_code: "generic_decline" })
      yield* faults.next("capture", "REQUEST_LOST")
      assert.deepStrictEqual((yield* post("/payments", { order_id: "ORD-3", amount })).body["status"], "PENDING")
      assert.deepStrictEqual((yield* post("/payments", { order_id: "ORD-3", amount })).body["status"], "SUCCESS")
    })
  )

  it.effect("pays nothing that is not said: the amount is asked for, and is more than nothing", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      for (const amount of [undefined, "0.00", "-5.00"]) {
        const money = amount === undefined ? {} : { amount: { amount, currency: "EUR" } }
        const refused = yield* post("/payments", { order_id: "ORD-4", ...money })
        assert.deepStrictEqual(codeOf(refused), [400, "validation_error"])
      }
    })
  )

  it.effect("names every field of a bad request, and repeats no means of payment", () =>
    Effect.gen(function* () {
      const { post } = yield* client()
      const bad = yield* post("/payments/authorize", {
        ...body({ amount_cents: -1, currency: "XXX" }),
        payment_token: `tok_secret_${"x".repeat(1_000)}`,
        surplus: 1
      })
      assert.deepStrictEqual(codeOf(bad), [400, "validation_error"])
      const fields = rowsOf(bad, "errors").map(({ field }) => field)
      assert.deepStrictEqual(fields.toSorted(), ["amount_cents", "currency", "payment_token", "surplus"])
      assert.notInclude(JSON.stringify(bad.body), "tok_secret")
    })
  )
})

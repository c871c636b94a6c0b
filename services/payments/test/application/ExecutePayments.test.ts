import { assert, layer } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Schema } from "effect"
import {
  PaymentAuthorized,
  PaymentExpired,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  PaymentsCommands,
  PaymentVoided
} from "../../src/contract/index.ts"
import { expireAtProvider, statusOf } from "../Inspect.ts"
import { aPayment, makeOrganizationId, testPayments } from "../TestPayments.ts"

layer(testPayments(), { excludeTestServices: true })("the commands of payments", (it) => {
  it.effect("are carried out for large vectors, with payments that are named twice, in order", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const organizationId = makeOrganizationId()
      const payments = Array.from({ length: 1_200 }, (_, index) =>
        aPayment({ organizationId, token: index % 7 === 0 ? "tok_decline_other" : "tok_good" })
      )
      const expected = payments.map((_, index) => (index % 7 === 0 ? "Declined" : "Authorized"))
      const outcomes = yield* authorize([...payments, ...payments.slice(0, 10)])
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        [...expected, ...expected.slice(0, 10)]
      )
      const captures = yield* capture(payments)
      assert.deepStrictEqual(
        captures.map(({ _tag }) => _tag),
        payments.map((_, index) => (index % 7 === 0 ? "Rejected" : "Done"))
      )
      assert.isTrue((yield* settle(payments)).every(({ _tag }) => _tag === "Done"))
      assert.deepStrictEqual(yield* Effect.all([authorize([]), capture([]), settle([])]), [[], [], []])
    })
  )

  it.effect("are Unavailable, and change nothing, while the database fails", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const { sql } = yield* OwnerDatabase
      const payment = aPayment()
      yield* authorize([payment])
      yield* sql`ALTER TABLE saga_fences RENAME TO saga_fences_away`
      const answers = [...(yield* authorize([payment])), ...(yield* capture([payment])), ...(yield* settle([payment]))]
      yield* sql`ALTER TABLE saga_fences_away RENAME TO saga_fences`
      assert.deepStrictEqual(
        answers.map(({ _tag }) => _tag),
        ["Unavailable", "Unavailable", "Unavailable"]
      )
      assert.strictEqual(yield* statusOf(payment), "AUTHORIZED")
    })
  )

  it.effect("write events that are what the contract says, with the correlation id of the command", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const { sql } = yield* OwnerDatabase
      const organizationId = makeOrganizationId()
      const [refunded, voided, expired, declined] = [
        aPayment({ organizationId }),
        aPayment({ organizationId }),
        aPayment({ organizationId }),
        aPayment({ organizationId, token: "tok_decline_other" })
      ]
      yield* authorize([refunded, voided, expired, declined])
      yield* expireAtProvider(expired)
      yield* capture([refunded])
      yield* settle([refunded, voided, expired])
      const schemas = {
        "payment.authorized": PaymentAuthorized,
        "payment.failed": PaymentFailed,
        "payment.processed": PaymentProcessed,
        "payment.voided": PaymentVoided,
        "payment.expired": PaymentExpired,
        "payment.refunded": PaymentRefunded
      }
      const events = yield* sql<{ event_type: keyof typeof schemas; payload: unknown; correlation_id: string }>`
        SELECT event_type, payload, correlation_id FROM outbox WHERE organization_id = ${organizationId}`
      assert.deepStrictEqual(
        [...new Set(events.map(({ event_type }) => event_type))].toSorted(),
        Object.keys(schemas).toSorted()
      )
      for (const { correlation_id, event_type, payload } of events) {
        assert.strictEqual(correlation_id, "test")
        const { order_id } = yield* Schema.decodeUnknownEffect(schemas[event_type])(payload)
        assert.include(
          [refunded, voided, expired, declined].map(({ orderId }) => orderId),
          order_id
        )
      }
    })
  )
})

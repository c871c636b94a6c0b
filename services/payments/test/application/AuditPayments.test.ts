import { assert, layer } from "@effect/vitest"
import type { OrganizationId } from "@valerix/money-and-ids"
import { MinorUnits } from "@valerix/money-and-ids"
import { allFindings, OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { PaymentProvider } from "../../src/application/ports/PaymentProvider.ts"
import {
  type AuthorizePayment,
  PaymentsAudit,
  PaymentsCommands,
  type PaymentsFindingCode
} from "../../src/contract/index.ts"
import { MockProviderFaults } from "../../src/Payments.ts"
import { authorizationIdOf, expireAtProvider } from "../Inspect.ts"
import { aPayment, ProviderBooks, testPayments } from "../TestPayments.ts"

const findings = (organizations: ReadonlyArray<OrganizationId>) =>
  Effect.flatMap(PaymentsAudit, ({ checks }) => allFindings(checks, organizations))

const authorized = Effect.gen(function* () {
  const payment = aPayment()
  yield* (yield* PaymentsCommands).authorize([payment])
  return { ...payment, epoch: 1 }
})

const captured = Effect.gen(function* () {
  const payment = yield* authorized
  yield* (yield* PaymentsCommands).capture([payment])
  return payment
})

/** What the audit finds in a payment's organization, but for the prose. */
const findingsOn = Effect.fnUntraced(function* ({ organizationId }: AuthorizePayment) {
  return (yield* findings([organizationId])).map(({ code, promise, subject }) => ({ promise, code, subject }))
})

const expectFinding = Effect.fnUntraced(function* (
  payment: AuthorizePayment,
  promise: number,
  code: PaymentsFindingCode
) {
  assert.deepStrictEqual(yield* findingsOn(payment), [{ promise, code, subject: payment.orderId }])
})

layer(testPayments(), { excludeTestServices: true })("the audit of payments", (it) => {
  it.effect("finds nothing in payments of every kind, also while their answers are missing", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const expired = yield* authorized
      yield* expireAtProvider(expired)
      const voided = yield* authorized
      const refunded = yield* captured
      const declined = aPayment({ token: "tok_decline_other" })
      const unknown = aPayment()
      yield* settle([expired, voided, refunded])
      yield* faults.next("authorize", "ANSWER_LOST")
      yield* authorize([unknown, declined])
      const uncertain = yield* authorized
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capture([uncertain])
      const all = [yield* authorized, yield* captured, expired, voided, refunded, declined, unknown, uncertain]
      assert.deepStrictEqual(yield* findings(all.map(({ organizationId }) => organizationId)), [])
    })
  )

  it.effect("lists the organizations that have payments", () =>
    Effect.gen(function* () {
      const { organizations } = yield* PaymentsAudit
      const mine = [(yield* authorized).organizationId, (yield* authorized).organizationId]
      const listed = yield* organizations(undefined)
      assert.includeMembers([...listed], mine)
      assert.deepStrictEqual(listed, listed.toSorted())
      const [first = mine[0]] = listed
      assert.deepStrictEqual(yield* organizations(first), listed.slice(1))
    })
  )

  it.effect("says when more is captured than authorized, or refunded than captured", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const tooMuch = yield* captured
      const back = yield* captured
      yield* sql`ALTER TABLE payments DROP CONSTRAINT payments_captured_at_most_authorized`
      yield* sql`ALTER TABLE payments DROP CONSTRAINT payments_refunded_at_most_captured`
      yield* sql`ALTER TABLE payments DROP CONSTRAINT payments_refunded`
      yield* sql`UPDATE payments SET captured_minor = 2000 WHERE organization_id = ${tooMuch.organizationId}`
      yield* sql`UPDATE payments SET refunded_minor = 2000 WHERE organization_id = ${back.organizationId}`
      assert.deepInclude(yield* findingsOn(tooMuch), {
        promise: 2,
        code: "captured_exceeds_authorized",
        subject: tooMuch.orderId
      })
      assert.deepInclude(yield* findingsOn(back), {
        promise: 2,
        code: "refunded_exceeds_captured",
        subject: back.orderId
      })
    })
  )

  it.effect("says when the provider has captured or refunded too much", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const { sql } = yield* ProviderBooks
      const tooMuch = yield* captured
      const back = yield* captured
      yield* settle([back])
      yield* sql`UPDATE captures SET amount_minor = 2000 WHERE organization_id = ${tooMuch.organizationId}`
      yield* sql`UPDATE refunds SET amount_minor = 2000 WHERE organization_id = ${back.organizationId}`
      assert.deepStrictEqual(
        (yield* findingsOn(tooMuch)).map(({ code }) => code),
        ["captured_exceeds_authorized", "provider_disagrees"]
      )
      assert.deepStrictEqual(
        (yield* findingsOn(back)).map(({ code }) => code),
        ["refunded_exceeds_captured", "provider_disagrees"]
      )
    })
  )

  it.effect("says when the provider has captured an order twice", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const provider = yield* PaymentProvider
      const first = yield* captured
      const second = { ...first, generation: 2 }
      const { amountMinor, organizationId } = second
      yield* authorize([second])
      const authorizationId = yield* authorizationIdOf(second)
      yield* provider.capture([{ organizationId, key: "by-hand", attempt: 1, authorizationId, amountMinor }])
      assert.deepStrictEqual(yield* findingsOn(first), [
        { promise: 2, code: "captured_more_than_once", subject: first.orderId },
        { promise: 2, code: "provider_disagrees", subject: first.orderId }
      ])
    })
  )

  it.effect("says when the provider has done something else than our books say", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const { sql } = yield* OwnerDatabase
      const { sql: provider } = yield* ProviderBooks
      const unheld = yield* authorized
      const unvoided = yield* authorized
      const unrefunded = yield* captured
      const forgotten = yield* captured
      const lessCaptured = yield* captured
      yield* settle([unvoided, unrefunded])
      yield* provider`DELETE FROM authorizations WHERE organization_id = ${unheld.organizationId}`
      yield* provider`DELETE FROM voids WHERE organization_id = ${unvoided.organizationId}`
      yield* provider`DELETE FROM refunds WHERE organization_id = ${unrefunded.organizationId}`
      yield* provider`UPDATE captures SET amount_minor = 1 WHERE organization_id = ${lessCaptured.organizationId}`
      yield* sql`
        UPDATE payments SET status = 'AUTHORIZED', capture_id = NULL, captured_minor = 0
        WHERE organization_id = ${forgotten.organizationId}`
      for (const payment of [unheld, unvoided, unrefunded, forgotten, lessCaptured]) {
        yield* expectFinding(payment, 2, "provider_disagrees")
      }
    })
  )

  it.effect("says when an answer is missing for too long", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const { sql } = yield* OwnerDatabase
      const payment = yield* authorized
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capture([payment])
      assert.deepStrictEqual(yield* findingsOn(payment), [])
      yield* sql`
        UPDATE payment_operations SET attempted_at = now() - interval '16 minutes'
        WHERE organization_id = ${payment.organizationId}`
      yield* expectFinding(payment, 2, "operation_unresolved")
    })
  )

  it.effect("says when a key has had two effects at the provider", () =>
    Effect.gen(function* () {
      const { sql } = yield* ProviderBooks
      const payment = yield* authorized
      yield* sql`ALTER TABLE authorizations DROP CONSTRAINT authorizations_one_per_key`
      yield* sql`
        INSERT INTO authorizations (organization_id, authorization_id, idempotency_key, order_reference, amount_minor,
          currency, token_digest, status, expires_at)
        SELECT organization_id, 'auth_again', idempotency_key, order_reference, amount_minor, currency, token_digest,
          status, expires_at FROM authorizations WHERE organization_id = ${payment.organizationId}`
      assert.deepStrictEqual(yield* findingsOn(payment), [
        { promise: 3, code: "key_used_twice", subject: payment.orderId },
        { promise: 3, code: "effect_unrecorded", subject: payment.orderId }
      ])
      yield* sql`DELETE FROM authorizations WHERE authorization_id = 'auth_again'`
      yield* sql`
        ALTER TABLE authorizations ADD CONSTRAINT authorizations_one_per_key UNIQUE (organization_id, idempotency_key)`
    })
  )

  it.effect("says when the provider knows an order that we do not", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const payment = yield* authorized
      yield* authorized
      yield* sql`DELETE FROM payment_operations WHERE organization_id = ${payment.organizationId}`
      yield* sql`DELETE FROM payments WHERE organization_id = ${payment.organizationId}`
      yield* expectFinding(payment, 3, "effect_unrecorded")
    })
  )

  it.effect("says when an operation has no payment in its organization", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const payment = yield* authorized
      const other = yield* authorized
      yield* sql`ALTER TABLE payment_operations DROP CONSTRAINT payment_operations_payment`
      yield* sql`
        UPDATE payment_operations SET organization_id = ${other.organizationId}
        WHERE organization_id = ${payment.organizationId}`
      yield* expectFinding({ ...other, orderId: payment.orderId }, 4, "operation_without_payment")
    })
  )

  it.effect("says when the database does not keep organizations apart", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const payment = yield* authorized
      yield* sql`ALTER TABLE payments NO FORCE ROW LEVEL SECURITY`
      assert.deepStrictEqual(yield* findingsOn(payment), [
        { promise: 4, code: "row_security_off", subject: "payments" }
      ])
      yield* sql`ALTER TABLE payments FORCE ROW LEVEL SECURITY`
    })
  )

  it.effect("says when the provider has captured what it declined to authorize", () =>
    Effect.gen(function* () {
      const { sql } = yield* ProviderBooks
      const payment = aPayment({ token: "tok_decline_other" })
      yield* (yield* PaymentsCommands).authorize([payment])
      assert.deepStrictEqual(yield* findingsOn(payment), [])
      yield* sql`
        INSERT INTO captures (organization_id, capture_id, idempotency_key, authorization_id, order_reference, amount_minor)
        SELECT organization_id, 'cap_of_declined', 'by-hand', authorization_id, order_reference, amount_minor
        FROM authorizations WHERE organization_id = ${payment.organizationId}`
      assert.deepStrictEqual(yield* findingsOn(payment), [
        { promise: 2, code: "captured_exceeds_authorized", subject: payment.orderId },
        { promise: 3, code: "effect_unrecorded", subject: payment.orderId }
      ])
    })
  )

  it.effect("lists the orders with payments, and tells which were made for direct ones", () =>
    Effect.gen(function* () {
      const { orders, madeForDirectPayments, paymentsOf } = yield* PaymentsAudit
      const { authorize, settle } = yield* PaymentsCommands
      const { sql } = yield* OwnerDatabase
      const { organizationId, ...first } = aPayment()
      const all = [{ ...first, organizationId }, aPayment({ organizationId }), aPayment({ organizationId })]
      yield* authorize(all)
      const ids = all.map(({ orderId }) => orderId).toSorted()
      assert.deepStrictEqual(yield* orders(organizationId, undefined, 10), ids)
      assert.deepStrictEqual(yield* orders(organizationId, ids[0], 1), ids.slice(1, 2))
      yield* sql`
        INSERT INTO direct_requests (organization_id, idempotency_key, order_id)
        VALUES (${organizationId}, 'mine', ${first.orderId})`
      assert.deepStrictEqual([...(yield* madeForDirectPayments(organizationId, ids))], [first.orderId])
      yield* settle([{ ...first, organizationId, epoch: 1 }])
      assert.deepStrictEqual(
        (yield* paymentsOf(
          organizationId,
          all.map(({ orderId }) => orderId)
        )).map(({ payments }) => payments.map(({ isUndone }) => isUndone)),
        [[true], [false], [false]]
      )
    })
  )

  it.effect("tells what came of the payments of orders, by our books and by the provider's", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const { paymentsOf } = yield* PaymentsAudit
      const faults = yield* MockProviderFaults
      const { organizationId } = aPayment()
      const [open, paid, back, none] = [1, 2, 3, 4].map(() => aPayment({ organizationId }))
      if (open === undefined || paid === undefined || back === undefined || none === undefined) return
      const second = { ...paid, generation: 2 }
      yield* authorize([open, paid, back])
      yield* settle([paid])
      yield* authorize([second])
      yield* capture([second, back])
      yield* settle([back])
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capture([open])
      const orders = yield* paymentsOf(
        organizationId,
        [open, paid, back, none].map(({ orderId }) => orderId)
      )
      const minor = MinorUnits.make(1_999)
      assert.deepStrictEqual(
        orders.map(({ payments, provider }) => ({ ours: payments.map(({ status }) => status), provider })),
        [
          { ours: ["AUTHORIZED"], provider: { heldMinor: 0, capturedMinor: minor, refundedMinor: 0, captures: 1 } },
          {
            ours: ["VOIDED", "CAPTURED"],
            provider: { heldMinor: 0, capturedMinor: minor, refundedMinor: 0, captures: 1 }
          },
          { ours: ["REFUNDED"], provider: { heldMinor: 0, capturedMinor: minor, refundedMinor: minor, captures: 1 } },
          { ours: [], provider: { heldMinor: 0, capturedMinor: 0, refundedMinor: 0, captures: 0 } }
        ]
      )
      assert.isTrue(orders[0]?.payments[0]?.isUnresolved)
      const third = aPayment({ organizationId })
      yield* authorize([third])
      assert.strictEqual((yield* paymentsOf(organizationId, [third.orderId]))[0]?.provider.heldMinor, 1_999)
    })
  )

  it.effect("is right while payments are being made", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const { organizationId } = aPayment()
      const working = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 25 }),
          Effect.fnUntraced(function* (_, round: number) {
            const payment = aPayment({ organizationId })
            yield* authorize([payment])
            if (round % 2 === 0) yield* capture([{ ...payment, epoch: 1 }])
            if (round % 3 === 0) yield* settle([{ ...payment, epoch: 1 }])
          }),
          { concurrency: 3 }
        )
      )
      let rounds = 0
      while (working.pollUnsafe() === undefined) {
        assert.deepStrictEqual(yield* findings([organizationId]), [])
        rounds += 1
      }
      yield* Fiber.join(working)
      assert.isAbove(rounds, 1)
      assert.deepStrictEqual(yield* findings([organizationId]), [])
    })
  )
})

import { assert, describe, it } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { Redacted, Result } from "effect"
import { OperationKind, providerKey } from "../../src/domain/Operation.ts"
import { amountsOf, type Payment, type PaymentStatus } from "../../src/domain/Payment.ts"
import {
  begin,
  type Recorded,
  recordAuthorized,
  recordCaptured,
  recordCaptureRejected,
  recordDeclined,
  recordExpired,
  recordRefunded,
  recordRefundRejected,
  recordUnanswered,
  recordVoided,
  recordVoidRejected
} from "../../src/domain/PaymentTransitions.ts"
import { AMOUNT, AUTHORIZATION, CAPTURE, DECLINE, paymentIn, take } from "./SamplePayments.ts"

const STATUSES: ReadonlyArray<PaymentStatus> = [
  "AUTHORIZING",
  "DECLINED",
  "AUTHORIZED",
  "VOIDED",
  "EXPIRED",
  "CAPTURED",
  "REFUNDED"
]

const REFUSED = { code: "refused", message: "Refused." }
const CAPTURED_ALREADY = { code: "already_captured", message: "Captured." }
const EXPIRED_ALREADY = { code: "authorization_expired", message: "Expired." }

/** What each answer makes of a payment in each status: a status, the same payment, or a contradiction. */
const TABLE: ReadonlyArray<
  readonly [answer: string, record: (payment: Payment) => Recorded, ...outcomes: ReadonlyArray<string>]
> = [
  ["authorized", (p) => recordAuthorized(p, AUTHORIZATION), "AUTHORIZED", "!", "same", "same", "same", "same", "same"],
  [
    "authorized as another",
    (p) => recordAuthorized(p, { ...AUTHORIZATION, authorizationId: "auth_2" }),
    ...["AUTHORIZED", "!", "!", "!", "!", "!", "!"]
  ],
  ["declined", (p) => recordDeclined(p, DECLINE), "DECLINED", "same", "!", "!", "!", "!", "!"],
  ["captured", (p) => recordCaptured(p, CAPTURE), "!", "!", "CAPTURED", "!", "!", "same", "same"],
  [
    "captured as another",
    (p) => recordCaptured(p, { ...CAPTURE, captureId: "cap_2" }),
    ...["!", "!", "CAPTURED", "!", "!", "!", "!"]
  ],
  [
    "captured for more than authorized",
    (p) => recordCaptured(p, { ...CAPTURE, amountMinor: MinorUnits.make(AMOUNT + 1) }),
    ...["!", "!", "!", "!", "!", "same", "same"]
  ],
  ["capture rejected", (p) => recordCaptureRejected(p, REFUSED), "!", "!", "AUTHORIZED", "same", "same", "!", "!"],
  ["capture expired", (p) => recordCaptureRejected(p, EXPIRED_ALREADY), "!", "!", "EXPIRED", "same", "same", "!", "!"],
  ["voided", (p) => recordVoided(p, "void_1"), "!", "!", "VOIDED", "same", "same", "!", "!"],
  ["expired", recordExpired, "!", "!", "EXPIRED", "same", "same", "!", "!"],
  ["void rejected", (p) => recordVoidRejected(p, REFUSED), "!", "!", "AUTHORIZED", "same", "same", "same", "same"],
  [
    "void rejected for a capture",
    (p) => recordVoidRejected(p, CAPTURED_ALREADY),
    ...["!", "!", "AUTHORIZED", "!", "!", "same", "same"]
  ],
  ["refunded", (p) => recordRefunded(p, "ref_1"), "!", "!", "!", "!", "!", "REFUNDED", "same"],
  ["refund rejected", (p) => recordRefundRejected(p, REFUSED), "!", "!", "!", "!", "!", "CAPTURED", "same"]
]

const outcomeOf = (status: PaymentStatus, record: (payment: Payment) => Recorded): string => {
  const before = paymentIn(status)
  const recorded = record(before)
  if (Result.isFailure(recorded)) return "!"
  return recorded.success === before ? "same" : recorded.success.state.status
}

describe("a payment", () => {
  for (const [answer, record, ...outcomes] of TABLE) {
    it(`takes in that it is ${answer}, in each status, or finds that it cannot be`, () => {
      assert.deepStrictEqual(
        STATUSES.map((status) => outcomeOf(status, record)),
        outcomes
      )
    })
  }

  it("keeps its amounts in order in every status", () => {
    for (const status of STATUSES) {
      const payment = paymentIn(status)
      const { authorizedMinor, capturedMinor, refundedMinor } = amountsOf(payment)
      assert.isAtMost(authorizedMinor, payment.amountMinor)
      assert.isAtMost(capturedMinor, authorizedMinor)
      assert.isAtMost(refundedMinor, capturedMinor)
    }
    assert.deepStrictEqual(amountsOf(paymentIn("REFUNDED")), {
      authorizedMinor: AMOUNT,
      capturedMinor: AMOUNT,
      refundedMinor: AMOUNT
    })
  })

  it("gives back what was captured, not what was authorized", () => {
    const part = MinorUnits.make(500)
    const captured = take(
      recordCaptured(begin(paymentIn("AUTHORIZED"), "CAPTURE", part), { captureId: "cap_1", amountMinor: part })
    )
    const refunded = take(recordRefunded(begin(captured, "REFUND", part), "ref_1"))
    assert.deepStrictEqual(amountsOf(refunded), { authorizedMinor: AMOUNT, capturedMinor: part, refundedMinor: part })
  })

  it("forgets the means of payment with the answer, and not before", () => {
    const authorizing = paymentIn("AUTHORIZING")
    const unknown = recordUnanswered(authorizing, "AUTHORIZE", "timeout")
    assert.isDefined(unknown.operations.AUTHORIZE?.token)
    assert.isUndefined(take(recordAuthorized(unknown, AUTHORIZATION)).operations.AUTHORIZE?.token)
    assert.isUndefined(take(recordDeclined(unknown, DECLINE)).operations.AUTHORIZE?.token)
  })

  it("asks again with the first means of payment, under the same key", () => {
    const first = paymentIn("AUTHORIZING")
    const again = begin(first, "AUTHORIZE", AMOUNT, Redacted.make("another"))
    assert.strictEqual(again.operations.AUTHORIZE?.token, first.operations.AUTHORIZE?.token)
    assert.strictEqual(again.operations.AUTHORIZE?.key, first.operations.AUTHORIZE?.key)
    assert.strictEqual(again.operations.AUTHORIZE?.attempts, 2)
  })

  it("stays unknown while it is asked again, until there is an answer", () => {
    const unknown = recordUnanswered(paymentIn("AUTHORIZING"), "AUTHORIZE", "timeout")
    const again = begin(unknown, "AUTHORIZE", AMOUNT)
    assert.strictEqual(again.operations.AUTHORIZE?.state, "UNKNOWN")
  })

  it("takes no missing answer for the loss of one that it has", () => {
    for (const status of STATUSES.slice(1)) {
      const payment = paymentIn(status)
      for (const kind of OperationKind.literals) {
        assert.strictEqual(recordUnanswered(payment, kind, "timeout"), payment)
      }
    }
  })

  it("knows that a void excludes a capture that is under way, and a capture a void", () => {
    const authorized = paymentIn("AUTHORIZED")
    const both = begin(begin(authorized, "CAPTURE", AMOUNT), "VOID", AMOUNT)
    const voided = take(recordVoided(both, "void_1"))
    assert.deepInclude(voided.operations.CAPTURE, { state: "REJECTED", code: "already_voided" })
    const captured = take(recordCaptured(both, CAPTURE))
    assert.deepInclude(captured.operations.VOID, { state: "REJECTED", code: "already_captured" })
    const expired = take(recordExpired(both))
    assert.deepInclude(expired.operations.CAPTURE, { state: "REJECTED", code: "authorization_expired" })
  })

  it("has one key per operation, and one capture and one refund per order", () => {
    const { orderId } = paymentIn("AUTHORIZING")
    assert.deepStrictEqual(
      OperationKind.literals.map((kind) => providerKey(kind, orderId, 2)),
      [`authorize-${orderId}-2`, `capture-${orderId}`, `void-${orderId}-2`, `refund-${orderId}`]
    )
  })
})

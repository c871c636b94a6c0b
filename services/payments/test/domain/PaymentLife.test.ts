import { assert, describe, it } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { Result } from "effect"
import fc from "fast-check"
import { OperationKind } from "../../src/domain/Operation.ts"
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
import { settlementStep } from "../../src/domain/SettlementStep.ts"
import { AMOUNT, AUTHORIZATION, CAPTURE, DECLINE, paymentIn } from "./SamplePayments.ts"

/** The arrows of the drawing at PaymentState. */
const NEXT: Readonly<Record<PaymentStatus, ReadonlyArray<PaymentStatus>>> = {
  AUTHORIZING: ["AUTHORIZED", "DECLINED"],
  AUTHORIZED: ["CAPTURED", "VOIDED", "EXPIRED"],
  CAPTURED: ["REFUNDED"],
  DECLINED: [],
  VOIDED: [],
  EXPIRED: [],
  REFUNDED: []
}

const reason = (code: string) => ({ code, message: code })
const PART = { captureId: "cap_2", amountMinor: MinorUnits.make(500) }
const TOO_MUCH = { captureId: "cap_3", amountMinor: MinorUnits.make(AMOUNT + 1) }

/** Everything that a provider can say, also what contradicts itself. */
const answer: fc.Arbitrary<(payment: Payment) => Recorded> = fc.oneof(
  fc.constantFrom(AUTHORIZATION, { ...AUTHORIZATION, authorizationId: "auth_2" }).map((given) => {
    return (payment: Payment) => recordAuthorized(payment, given)
  }),
  fc.constant((payment: Payment) => recordDeclined(payment, DECLINE)),
  fc.constantFrom(CAPTURE, PART, TOO_MUCH).map((capture) => (payment: Payment) => recordCaptured(payment, capture)),
  fc.constantFrom("already_voided", "authorization_expired", "refused").map((code) => {
    return (payment: Payment) => recordCaptureRejected(payment, reason(code))
  }),
  fc.constant((payment: Payment) => recordVoided(payment, "void_1")),
  fc.constant(recordExpired),
  fc.constantFrom("already_captured", "refused").map((code) => {
    return (payment: Payment) => recordVoidRejected(payment, reason(code))
  }),
  fc.constant((payment: Payment) => recordRefunded(payment, "ref_1")),
  fc.constant((payment: Payment) => recordRefundRejected(payment, reason("refused")))
)

/** What we do meanwhile: ask for something that is not definite yet, or wait for an answer in vain. */
const doing: fc.Arbitrary<(payment: Payment) => Payment> = fc
  .tuple(fc.constantFrom(...OperationKind.literals), fc.boolean())
  .map(([kind, isAsked]) => (payment) => {
    if (!isAsked) return recordUnanswered(payment, kind, "timeout")
    const isDefinite = ["SUCCEEDED", "DECLINED"].includes(payment.operations[kind]?.state ?? "PENDING")
    return isDefinite ? payment : begin(payment, kind, AMOUNT)
  })

const lives = fc.array(fc.tuple(doing, answer), { minLength: 1, maxLength: 40 })

describe("a payment, whatever is asked and answered", () => {
  it("goes along the arrows of its drawing only, and what is over is never left", () => {
    fc.assert(
      fc.property(lives, (life) => {
        let payment = paymentIn("AUTHORIZING")
        for (const [doNext, record] of life) {
          const asked = doNext(payment)
          assert.strictEqual(asked.state, payment.state)
          const recorded = record(asked)
          const after = Result.getOrElse(recorded, () => asked)
          if (after.state.status !== payment.state.status)
            assert.include(NEXT[payment.state.status], after.state.status)
          assert.strictEqual(settlementStep(after) === "SETTLED", NEXT[after.state.status].length === 0)
          payment = after
        }
      })
    )
  })

  it("keeps its amounts in order, and takes nothing back that was captured or refunded", () => {
    fc.assert(
      fc.property(lives, (life) => {
        let payment = paymentIn("AUTHORIZING")
        for (const [doNext, record] of life) {
          const before = amountsOf(payment)
          const asked = doNext(payment)
          payment = Result.getOrElse(record(asked), () => asked)
          const { authorizedMinor, capturedMinor, refundedMinor } = amountsOf(payment)
          assert.isAtMost(authorizedMinor, payment.amountMinor)
          assert.isAtMost(capturedMinor, authorizedMinor)
          assert.isAtMost(refundedMinor, capturedMinor)
          assert.isAtLeast(authorizedMinor, before.authorizedMinor)
          assert.isAtLeast(refundedMinor, before.refundedMinor)
          if (before.capturedMinor > 0) assert.strictEqual(capturedMinor, before.capturedMinor)
          const { CAPTURE: capture, VOID: voiding } = payment.operations
          assert.isFalse(capture?.state === "SUCCEEDED" && voiding?.state === "SUCCEEDED")
        }
      })
    )
  })

  it("takes the same answer twice as once", () => {
    fc.assert(
      fc.property(lives, (life) => {
        let payment = paymentIn("AUTHORIZING")
        for (const [doNext, record] of life) {
          const recorded = record(doNext(payment))
          if (Result.isFailure(recorded)) continue
          payment = recorded.success
          assert.deepStrictEqual(record(payment), Result.succeed(payment))
        }
      })
    )
  })
})

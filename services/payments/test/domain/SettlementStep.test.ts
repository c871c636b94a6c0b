import { assert, describe, it } from "@effect/vitest"
import { begin, recordVoidRejected } from "../../src/domain/PaymentTransitions.ts"
import { settlementStep } from "../../src/domain/SettlementStep.ts"
import { AMOUNT, paymentIn, take } from "./SamplePayments.ts"

describe("settling", () => {
  it("repeats an authorization that is not definite", () => {
    assert.strictEqual(settlementStep(paymentIn("AUTHORIZING")), "AUTHORIZE")
  })

  it("voids first, also when a capture is under way", () => {
    assert.strictEqual(settlementStep(paymentIn("AUTHORIZED")), "VOID")
    assert.strictEqual(settlementStep(begin(paymentIn("AUTHORIZED"), "CAPTURE", AMOUNT)), "VOID")
  })

  it("looks for the capture only when the void was refused for it", () => {
    const voiding = begin(paymentIn("AUTHORIZED"), "VOID", AMOUNT)
    const refused = (code: string) => take(recordVoidRejected(voiding, { code, message: code }))
    assert.strictEqual(settlementStep(refused("already_captured")), "FIND_CAPTURE")
    assert.strictEqual(settlementStep(refused("not_found")), "VOID")
  })

  it("refunds what is captured", () => {
    assert.strictEqual(settlementStep(paymentIn("CAPTURED")), "REFUND")
  })

  it("is done when nothing is held or kept", () => {
    for (const status of ["DECLINED", "VOIDED", "EXPIRED", "REFUNDED"] as const) {
      assert.strictEqual(settlementStep(paymentIn(status)), "SETTLED")
    }
  })
})

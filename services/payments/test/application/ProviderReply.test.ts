import { Result } from "effect"
import { describe, expect, it } from "vitest"
import {
  authorizeReply,
  captureReply,
  findCaptureReply,
  refundReply,
  voidReply
} from "../../src/application/ProviderReply.ts"
import { begin, recordUnanswered } from "../../src/domain/PaymentTransitions.ts"
import { AMOUNT, paymentIn } from "../domain/SamplePayments.ts"

const authorized = paymentIn("AUTHORIZED")
const captured = paymentIn("CAPTURED")

/** A payment with an operation under way, and what a reply to it makes of it. */
const OPERATIONS = [
  { kind: "AUTHORIZE", payment: paymentIn("AUTHORIZING"), replyTo: authorizeReply },
  { kind: "CAPTURE", payment: begin(authorized, "CAPTURE", AMOUNT), replyTo: captureReply(AMOUNT) },
  { kind: "VOID", payment: begin(authorized, "VOID", AMOUNT), replyTo: voidReply },
  { kind: "REFUND", payment: begin(captured, "REFUND", AMOUNT), replyTo: refundReply }
] as const

describe.each(OPERATIONS)("a request to $kind", ({ kind, payment, replyTo }) => {
  it("that was not sent leaves the operation as it was, and says so", () => {
    const reply = replyTo({ _tag: "NotSent", reason: "connection refused" })
    expect(Result.getOrThrow(reply.record(payment))).toBe(payment)
    const unknown = recordUnanswered(payment, kind, "no answer")
    expect(Result.getOrThrow(reply.record(unknown)).operations[kind]?.state).toBe("UNKNOWN")
    expect(reply.otherwise).toEqual({ _tag: "NotSent", reason: "connection refused" })
  })

  it("that was not answered makes the operation unknown, and is not definite", () => {
    const reply = replyTo({ _tag: "Unanswered", reason: "no answer" })
    const after = Result.getOrThrow(reply.record(payment))
    expect(after.operations[kind]?.state).toBe("UNKNOWN")
    expect(after.state).toBe(payment.state)
    expect(reply.otherwise).toEqual({ _tag: "Unavailable", reason: "no answer" })
  })
})

describe("looking for the capture that a void was refused for", () => {
  const found = { _tag: "Found", kind: "CAPTURE", reference: "cap_7", amountMinor: AMOUNT } as const

  it("finds the one of this authorization", () => {
    const reply = findCaptureReply({ ...found, authorizationId: "auth_1" })
    expect(Result.getOrThrow(reply.record(authorized)).state).toMatchObject({ status: "CAPTURED" })
  })

  it("leaves alone the one of another generation's authorization", () => {
    const reply = findCaptureReply({ ...found, authorizationId: "auth_2" })
    expect(Result.getOrThrow(reply.record(authorized))).toBe(authorized)
    expect(reply.otherwise).toMatchObject({ _tag: "Rejected" })
  })

  it("is not definite when nothing is found, or nobody answers", () => {
    for (const answer of [{ _tag: "NotFound" }, { _tag: "Unanswered", reason: "no answer" }] as const) {
      expect(Result.getOrThrow(findCaptureReply(answer).record(authorized))).toBe(authorized)
    }
  })
})

import { assert, layer } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { done } from "@valerix/saga"
import { Effect, Fiber } from "effect"
import { MockProviderFaults } from "../../src/adapters/providers/mock/MockProviderFaults.ts"
import { PaymentProvider } from "../../src/application/ports/PaymentProvider.ts"
import { PaymentsCommands } from "../../src/contract/index.ts"
import {
  authorizationIdOf,
  eventTypes,
  expireAtProvider,
  keptTokens,
  providerKinds,
  recorded,
  statusOf
} from "../Inspect.ts"
import { aPayment, testPayments } from "../TestPayments.ts"

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

const cancelled = { _tag: "Cancelled" } as const

layer(testPayments(), { excludeTestServices: true })("settle", (it) => {
  it.effect("voids what is authorized, and tells it", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const payment = yield* authorized
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* recorded(payment), {
        status: "VOIDED",
        authorized: 1_999,
        captured: 0,
        refunded: 0,
        operations: ["AUTHORIZE SUCCEEDED", "VOID SUCCEEDED"]
      })
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.voided"])
    })
  )

  it.effect("refunds what is captured, and tells it", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const payment = yield* captured
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* recorded(payment), {
        status: "REFUNDED",
        authorized: 1_999,
        captured: 1_999,
        refunded: 1_999,
        operations: ["AUTHORIZE SUCCEEDED", "CAPTURE SUCCEEDED", "REFUND SUCCEEDED"]
      })
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE", "REFUND"])
      assert.deepStrictEqual(yield* eventTypes(payment), [
        "payment.authorized",
        "payment.processed",
        "payment.refunded"
      ])
    })
  )

  it.effect("is done both times when it is repeated, and does it once", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const open = yield* authorized
      const paid = yield* captured
      assert.deepStrictEqual(yield* settle([open, paid]), [done, done])
      assert.deepStrictEqual(yield* settle([{ ...paid, epoch: 2 }, open]), [done, done])
      assert.deepStrictEqual(yield* providerKinds(open), ["AUTHORIZE", "VOID"])
      assert.deepStrictEqual(yield* providerKinds(paid), ["AUTHORIZE", "CAPTURE", "REFUND"])
    })
  )

  it.effect("settles a payment of nothing like any other", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const open = aPayment({ amountMinor: MinorUnits.make(0) })
      const paid = aPayment({ amountMinor: MinorUnits.make(0) })
      yield* authorize([open, paid])
      assert.deepStrictEqual(yield* capture([paid]), [done])
      assert.deepStrictEqual(yield* settle([open, paid]), [done, done])
      assert.deepStrictEqual(yield* settle([open, paid]), [done, done])
      assert.deepStrictEqual([yield* statusOf(open), yield* statusOf(paid)], ["VOIDED", "REFUNDED"])
    })
  )

  it.effect("is done with what was declined", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const payment = aPayment({ token: "tok_decline_other" })
      yield* authorize([payment])
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.strictEqual(yield* statusOf(payment), "DECLINED")
    })
  )

  it.effect("keeps what was never authorized from ever being authorized or captured", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const payment = aPayment()
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* authorize([payment]), [cancelled])
      assert.deepStrictEqual(yield* capture([{ ...payment, epoch: 9 }]), [cancelled])
      assert.strictEqual(yield* statusOf(payment), undefined)
      assert.deepStrictEqual(yield* providerKinds(payment), [])
    })
  )

  it.effect("cancels a capture and an authorize that come afterwards", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const payment = yield* authorized
      yield* settle([payment])
      assert.deepStrictEqual(yield* capture([{ ...payment, epoch: 9 }]), [cancelled])
      assert.deepStrictEqual(yield* authorize([{ ...payment, epoch: 9 }]), [cancelled])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
    })
  )

  it.effect("voids an authorization that is still on its way to the provider when it looks", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      const late = yield* faults.hold("authorize")
      const authorizing = yield* Effect.forkChild(authorize([payment]))
      yield* late.arrived
      assert.deepStrictEqual(yield* settle([payment]), [done])
      yield* late.release
      assert.deepStrictEqual(yield* Fiber.join(authorizing), [cancelled])
      assert.strictEqual(yield* statusOf(payment), "VOIDED")
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.voided"])
      assert.strictEqual(yield* keptTokens, 0)
    })
  )

  it.effect("voids an authorization whose answer is on its way back while it settles", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      const held = yield* faults.hold("authorize", "ANSWER")
      const authorizing = yield* Effect.forkChild(authorize([payment]))
      yield* held.arrived
      const voiding = yield* faults.hold("void")
      const settling = yield* Effect.forkChild(settle([payment]))
      yield* voiding.arrived
      yield* held.release
      assert.deepStrictEqual(yield* Fiber.join(authorizing), [cancelled])
      yield* voiding.release
      assert.deepStrictEqual(yield* Fiber.join(settling), [done])
      assert.strictEqual(yield* statusOf(payment), "VOIDED")
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
    })
  )

  it.effect(
    "leaves nothing behind of an authorization that nobody knows the answer of, whether it happened or not",
    () =>
      Effect.gen(function* () {
        const { authorize, settle } = yield* PaymentsCommands
        const faults = yield* MockProviderFaults
        for (const fault of ["ANSWER_LOST", "REQUEST_LOST", "LATE", "NOT_SENT"] as const) {
          const payment = aPayment()
          yield* faults.next("authorize", fault)
          yield* authorize([payment])
          assert.deepStrictEqual(yield* settle([payment]), [done])
          yield* faults.releaseAll
          assert.deepStrictEqual(yield* authorize([payment]), [cancelled])
          assert.strictEqual(yield* statusOf(payment), "VOIDED", fault)
          assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"], fault)
        }
        assert.strictEqual(yield* keptTokens, 0)
      })
  )

  it.effect("is done when an authorization that nobody knew the answer of turns out to be declined", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment({ token: "tok_decline_stolen" })
      yield* faults.next("authorize", "ANSWER_LOST")
      yield* authorize([payment])
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.strictEqual(yield* statusOf(payment), "DECLINED")
      assert.deepStrictEqual(yield* providerKinds(payment), [])
      assert.strictEqual(yield* keptTokens, 0)
    })
  )

  it.effect("is not done while the answer to repeating the authorization does not come", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      yield* faults.next("authorize", "REQUEST_LOST", 2)
      yield* faults.next("authorize", "NOT_SENT")
      yield* authorize([payment])
      assert.strictEqual((yield* settle([payment]))[0]?._tag, "Unavailable")
      assert.strictEqual((yield* settle([payment]))[0]?._tag, "NotSent")
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
    })
  )

  it.effect("makes a capture impossible that has passed the fence but not reached the provider", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      const late = yield* faults.hold("capture")
      const capturing = yield* Effect.forkChild(capture([payment]))
      yield* late.arrived
      assert.deepStrictEqual(yield* settle([{ ...payment, epoch: 2 }]), [done])
      yield* late.release
      assert.deepStrictEqual(yield* Fiber.join(capturing), [cancelled])
      assert.deepStrictEqual((yield* recorded(payment))?.operations, [
        "AUTHORIZE SUCCEEDED",
        "CAPTURE REJECTED already_voided",
        "VOID SUCCEEDED"
      ])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
    })
  )

  it.effect("makes a capture impossible that timed out and arrives after the settlement", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "LATE")
      assert.strictEqual((yield* capture([payment]))[0]?._tag, "Unavailable")
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.strictEqual(yield* faults.releaseAll, 1)
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "VOID"])
    })
  )

  it.effect("finds and refunds a capture that timed out and did happen", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capture([payment])
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* recorded(payment), {
        status: "REFUNDED",
        authorized: 1_999,
        captured: 1_999,
        refunded: 1_999,
        operations: ["AUTHORIZE SUCCEEDED", "CAPTURE SUCCEEDED", "REFUND SUCCEEDED", "VOID REJECTED already_captured"]
      })
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE", "REFUND"])
      assert.deepStrictEqual(yield* eventTypes(payment), [
        "payment.authorized",
        "payment.processed",
        "payment.refunded"
      ])
    })
  )

  it.effect("refunds a capture whose answer is on its way back while it settles", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      const held = yield* faults.hold("capture", "ANSWER")
      const capturing = yield* Effect.forkChild(capture([payment]))
      yield* held.arrived
      assert.deepStrictEqual(yield* settle([{ ...payment, epoch: 2 }]), [done])
      yield* held.release
      assert.deepStrictEqual(yield* Fiber.join(capturing), [cancelled])
      assert.strictEqual(yield* statusOf(payment), "REFUNDED")
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE", "REFUND"])
    })
  )

  it.effect("refunds a capture that is recorded while its own void is on its way", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      const capturing = yield* faults.hold("capture")
      const first = yield* Effect.forkChild(capture([payment]))
      yield* capturing.arrived
      const voiding = yield* faults.hold("void")
      const settling = yield* Effect.forkChild(settle([{ ...payment, epoch: 2 }]))
      yield* voiding.arrived
      yield* capturing.release
      assert.deepStrictEqual(yield* Fiber.join(first), [cancelled])
      assert.strictEqual(yield* statusOf(payment), "CAPTURED")
      yield* voiding.release
      assert.deepStrictEqual(yield* Fiber.join(settling), [done])
      assert.strictEqual(yield* statusOf(payment), "REFUNDED")
    })
  )

  it.effect("is not done while void, lookup or refund have no answer, and asks again under the same key", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const open = yield* authorized
      const unknown = yield* authorized
      const paid = yield* captured
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capture([unknown])
      for (const fault of ["REQUEST_LOST", "ANSWER_LOST"] as const) {
        yield* faults.next("void", fault)
        assert.strictEqual((yield* settle([open]))[0]?._tag, "Unavailable")
        yield* faults.next("refund", fault)
        assert.strictEqual((yield* settle([paid]))[0]?._tag, "Unavailable")
        yield* faults.next("lookup", fault)
        assert.strictEqual((yield* settle([unknown]))[0]?._tag, "Unavailable")
      }
      assert.deepStrictEqual(yield* settle([open, unknown, paid]), [done, done, done])
      assert.deepStrictEqual(yield* providerKinds(open), ["AUTHORIZE", "VOID"])
      assert.deepStrictEqual(yield* providerKinds(unknown), ["AUTHORIZE", "CAPTURE", "REFUND"])
      assert.deepStrictEqual(yield* providerKinds(paid), ["AUTHORIZE", "CAPTURE", "REFUND"])
    })
  )

  it.effect("answers NotSent when the provider cannot be reached, and settles afterwards", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const open = yield* authorized
      const paid = yield* captured
      yield* faults.next("void", "NOT_SENT")
      yield* faults.next("refund", "NOT_SENT")
      assert.deepStrictEqual(
        (yield* settle([open, paid])).map(({ _tag }) => _tag),
        ["NotSent", "NotSent"]
      )
      assert.deepStrictEqual(yield* settle([open, paid]), [done, done])
    })
  )

  it.effect("voids once and refunds once when two settle at once", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const open = yield* authorized
      const paid = yield* captured
      const voiding = yield* faults.hold("void")
      const refunding = yield* faults.hold("refund")
      const first = yield* Effect.forkChild(settle([open, paid]))
      yield* voiding.arrived
      yield* refunding.arrived
      assert.deepStrictEqual(yield* settle([paid, open]), [done, done])
      yield* voiding.release
      yield* refunding.release
      assert.deepStrictEqual(yield* Fiber.join(first), [done, done])
      assert.deepStrictEqual(yield* providerKinds(open), ["AUTHORIZE", "VOID"])
      assert.deepStrictEqual(yield* providerKinds(paid), ["AUTHORIZE", "CAPTURE", "REFUND"])
      assert.deepStrictEqual(yield* eventTypes(open), ["payment.authorized", "payment.voided"])
    })
  )

  it.effect("changes nothing for a worker whose epoch is over", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const payment = yield* authorized
      yield* capture([{ ...payment, epoch: 5 }])
      assert.deepStrictEqual(yield* settle([{ ...payment, epoch: 4 }]), [cancelled])
      assert.strictEqual(yield* statusOf(payment), "CAPTURED")
    })
  )

  it.effect("is done with an authorization that has expired", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const payment = yield* authorized
      yield* expireAtProvider(payment)
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.strictEqual(yield* statusOf(payment), "EXPIRED")
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.expired"])
    })
  )

  it.effect("is done with an authorization that was voided behind our back", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const provider = yield* PaymentProvider
      const payment = yield* authorized
      const { organizationId } = payment
      yield* provider.void([
        { organizationId, key: "by-hand", attempt: 1, authorizationId: yield* authorizationIdOf(payment) }
      ])
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.strictEqual(yield* statusOf(payment), "VOIDED")
    })
  )

  it.effect("is rejected, and claims nothing, when the authorization was captured behind our back", () =>
    Effect.gen(function* () {
      const { settle } = yield* PaymentsCommands
      const provider = yield* PaymentProvider
      const payment = yield* authorized
      const { amountMinor, organizationId } = payment
      const authorizationId = yield* authorizationIdOf(payment)
      yield* provider.capture([{ organizationId, key: "by-hand", attempt: 1, authorizationId, amountMinor }])
      const [outcome] = yield* settle([payment])
      assert.strictEqual(outcome?._tag === "Rejected" && outcome.code, "settlement_rejected")
      assert.deepStrictEqual((yield* settle([payment]))[0], outcome)
      assert.strictEqual(yield* statusOf(payment), "AUTHORIZED")
    })
  )

  it.effect("does not take the capture of another generation for its own", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const provider = yield* PaymentProvider
      const first = yield* authorized
      const second = { ...first, generation: 2 }
      yield* authorize([second])
      const { amountMinor, organizationId } = first
      const authorizationId = yield* authorizationIdOf(first)
      yield* provider.capture([{ organizationId, key: "by-hand", attempt: 1, authorizationId, amountMinor }])
      yield* capture([second])
      const [outcome] = yield* settle([first])
      assert.strictEqual(outcome?._tag === "Rejected" && outcome.code, "settlement_rejected")
      assert.strictEqual(yield* statusOf(first), "AUTHORIZED")
      assert.strictEqual(yield* statusOf(second), "CAPTURED")
      assert.notInclude(yield* providerKinds(first), "REFUND")
    })
  )

  it.effect("leaves nothing held or kept of a vector of everything", () =>
    Effect.gen(function* () {
      const { authorize, capture, settle } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const unknown = aPayment()
      const declined = aPayment({ token: "tok_decline_other" })
      const uncertain = yield* authorized
      yield* faults.next("authorize", "ANSWER_LOST")
      yield* authorize([unknown, declined])
      yield* faults.next("capture", "LATE")
      yield* capture([uncertain])
      const vector = [unknown, declined, uncertain, yield* authorized, yield* captured, aPayment()]
      assert.deepStrictEqual(
        yield* settle(vector),
        vector.map(() => done)
      )
      yield* faults.releaseAll
      assert.deepStrictEqual(yield* Effect.forEach(vector, statusOf), [
        "VOIDED",
        "DECLINED",
        "VOIDED",
        "VOIDED",
        "REFUNDED",
        undefined
      ])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { done } from "@valerix/saga"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { MockProviderFaults } from "../../src/adapters/providers/mock/MockProviderFaults.ts"
import { CapturePayments } from "../../src/application/CapturePayments.ts"
import { PaymentProvider } from "../../src/application/ports/PaymentProvider.ts"
import { PaymentsCommands } from "../../src/contract/index.ts"
import { layerPayments } from "../../src/Payments.ts"
import { authorizationIdOf, eventTypes, expireAtProvider, providerKinds, recorded, statusOf } from "../Inspect.ts"
import { aPayment, testPayments } from "../TestPayments.ts"

/** A payment that is authorized, with the epoch of a saga that has begun. */
const authorized = Effect.gen(function* () {
  const payment = aPayment()
  yield* (yield* PaymentsCommands).authorize([payment])
  return { ...payment, epoch: 1 }
})

layer(testPayments(), { excludeTestServices: true })("capture", (it) => {
  it.effect("captures the whole authorized amount, and tells it", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const payment = yield* authorized
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.deepStrictEqual(yield* recorded(payment), {
        status: "CAPTURED",
        authorized: 1_999,
        captured: 1_999,
        refunded: 0,
        operations: ["AUTHORIZE SUCCEEDED", "CAPTURE SUCCEEDED"]
      })
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.processed"])
    })
  )

  it.effect("captures once when the command is repeated, also by a newer epoch", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const payment = yield* authorized
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.deepStrictEqual(yield* capture([payment, { ...payment, epoch: 2 }]), [done, done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.processed"])
    })
  )

  it.effect("finds the capture that timed out and did happen, and records it once", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "ANSWER_LOST", 2)
      assert.strictEqual((yield* capture([payment]))[0]?._tag, "Unavailable")
      assert.strictEqual((yield* capture([payment]))[0]?._tag, "Unavailable")
      assert.deepStrictEqual((yield* recorded(payment))?.operations, ["AUTHORIZE SUCCEEDED", "CAPTURE UNKNOWN"])
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.processed"])
    })
  )

  it.effect("captures when the first request timed out and did not happen", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "REQUEST_LOST")
      assert.strictEqual((yield* capture([payment]))[0]?._tag, "Unavailable")
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE"])
    })
  )

  it.effect("captures once when a request arrives after its repetition", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      const late = yield* faults.hold("capture")
      const first = yield* Effect.forkChild(capture([payment]))
      yield* late.arrived
      assert.deepStrictEqual(yield* capture([{ ...payment, epoch: 2 }]), [done])
      yield* late.release
      assert.deepStrictEqual(yield* Fiber.join(first), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.processed"])
    })
  )

  it.effect("records an answer that comes when nobody waits for it any more", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      const held = yield* faults.hold("capture", "ANSWER")
      const first = yield* Effect.forkChild(capture([payment]))
      yield* held.arrived
      yield* Fiber.interrupt(first)
      assert.deepStrictEqual((yield* recorded(payment))?.operations, ["AUTHORIZE SUCCEEDED", "CAPTURE PENDING"])
      yield* held.release
      yield* Effect.eventually(Effect.filterOrFail(statusOf(payment), (status) => status === "CAPTURED"))
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE"])
    })
  )

  it.effect("captures once, and every one is done, when many workers capture at once", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      for (let round = 0; round < 10; round += 1) {
        const payment = yield* authorized
        const outcomes = yield* Effect.all(
          Array.from({ length: 6 }, () => capture([payment])),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(
          outcomes.flat(),
          Array.from({ length: 6 }, () => done)
        )
        assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.processed"])
      }
    })
  )

  it.effect("finds the capture of a process that died before it could record it", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      const other = yield* Scope.make()
      const process = yield* Effect.provideService(Layer.build(Layer.fresh(layerPayments)), Scope.Scope, other)
      const held = yield* faults.hold("capture", "ANSWER")
      const dying = yield* Effect.forkChild(Context.get(process, PaymentsCommands).capture([payment]))
      yield* held.arrived
      yield* Scope.close(other, Exit.void)
      yield* Fiber.await(dying)
      yield* held.release
      assert.deepStrictEqual((yield* recorded(payment))?.operations, ["AUTHORIZE SUCCEEDED", "CAPTURE PENDING"])
      assert.deepStrictEqual(yield* capture([{ ...payment, epoch: 2 }]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "CAPTURE"])
    })
  )

  it.effect("answers NotSent when the provider cannot be reached, and captures afterwards", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "NOT_SENT")
      assert.strictEqual((yield* capture([payment]))[0]?._tag, "NotSent")
      assert.deepStrictEqual(yield* capture([payment]), [done])
    })
  )

  it.effect("rejects for good what is not there, not authorized, or declined", () =>
    Effect.gen(function* () {
      const { authorize, capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const declined = aPayment({ token: "tok_decline_other" })
      const unknown = aPayment()
      yield* authorize([declined])
      yield* faults.next("authorize", "REQUEST_LOST")
      yield* authorize([unknown])
      const outcomes = yield* capture([aPayment(), declined, unknown])
      assert.deepStrictEqual(
        outcomes.map((outcome) => outcome._tag === "Rejected" && outcome.code),
        ["payment_not_found", "capture_rejected", "capture_rejected"]
      )
    })
  )

  it.effect("rejects an authorization that has expired, and counts the money as let go", () =>
    Effect.gen(function* () {
      const { capture, settle } = yield* PaymentsCommands
      const payment = yield* authorized
      yield* expireAtProvider(payment)
      const [outcome] = yield* capture([payment])
      assert.strictEqual(outcome?._tag === "Rejected" && outcome.code, "authorization_expired")
      assert.deepStrictEqual((yield* capture([payment]))[0], outcome)
      assert.strictEqual(yield* statusOf(payment), "EXPIRED")
      assert.deepStrictEqual(yield* settle([payment]), [done])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized", "payment.expired"])
    })
  )

  it.effect("finds a capture that timed out before the authorization expired", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capture([payment])
      yield* expireAtProvider(payment)
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.strictEqual(yield* statusOf(payment), "CAPTURED")
    })
  )

  it.effect("captures one generation of an order only", () =>
    Effect.gen(function* () {
      const { authorize, capture } = yield* PaymentsCommands
      const payment = yield* authorized
      const second = { ...payment, generation: 2 }
      yield* authorize([second])
      assert.deepStrictEqual(yield* capture([payment]), [done])
      const [outcome] = yield* capture([second])
      assert.strictEqual(outcome?._tag === "Rejected" && outcome.code, "capture_rejected")
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "AUTHORIZE", "CAPTURE"])
    })
  )

  it.effect("captures one generation of an order only, when both come at once", () =>
    Effect.gen(function* () {
      const { authorize, capture } = yield* PaymentsCommands
      const payment = yield* authorized
      const second = { ...payment, generation: 2 }
      yield* authorize([second])
      const outcomes = yield* Effect.all([capture([payment]), capture([second])], { concurrency: "unbounded" })
      assert.deepStrictEqual(
        outcomes
          .flat()
          .map(({ _tag }) => _tag)
          .toSorted(),
        ["Done", "Rejected"]
      )
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE", "AUTHORIZE", "CAPTURE"])
    })
  )

  it.effect("changes nothing for a worker whose epoch is over", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = yield* authorized
      yield* faults.next("capture", "REQUEST_LOST")
      yield* capture([{ ...payment, epoch: 3 }])
      assert.deepStrictEqual(yield* capture([{ ...payment, epoch: 2 }]), [{ _tag: "Cancelled" }])
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE"])
    })
  )

  it.effect("is rejected when the authorization was captured or voided behind our back", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const provider = yield* PaymentProvider
      const voided = yield* authorized
      const captured = yield* authorized
      const { organizationId } = voided
      yield* provider.void([
        { organizationId, key: "by-hand", attempt: 1, authorizationId: yield* authorizationIdOf(voided) }
      ])
      yield* provider.capture([
        {
          organizationId: captured.organizationId,
          key: "by-hand",
          attempt: 1,
          authorizationId: yield* authorizationIdOf(captured),
          amountMinor: captured.amountMinor
        }
      ])
      const outcomes = yield* capture([voided, captured])
      assert.deepStrictEqual(
        outcomes.map((outcome) => outcome._tag === "Rejected" && outcome.code),
        ["capture_rejected", "capture_rejected"]
      )
    })
  )

  it.effect("captures a part when asked to, and no other part afterwards", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const capturing = yield* CapturePayments
      const payment = yield* authorized
      const faults = yield* MockProviderFaults
      yield* faults.next("capture", "ANSWER_LOST")
      yield* capturing.run([{ ...payment, partMinor: MinorUnits.make(500) }])
      const [other] = yield* capturing.run([{ ...payment, partMinor: MinorUnits.make(600) }])
      assert.strictEqual(other?._tag === "Rejected" && other.code, "amount_differs")
      assert.deepStrictEqual(yield* capture([payment]), [done])
      assert.strictEqual((yield* recorded(payment))?.captured, 500)
      const more = yield* authorized
      const [tooMuch] = yield* capturing.run([{ ...more, partMinor: MinorUnits.make(2_000) }])
      assert.strictEqual(tooMuch?._tag === "Rejected" && tooMuch.code, "capture_rejected")
    })
  )

  it.effect("lets one payment of a vector fail without its neighbours", () =>
    Effect.gen(function* () {
      const { capture } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const vector = [yield* authorized, aPayment(), yield* authorized, yield* authorized]
      yield* faults.next("capture", "ANSWER_LOST")
      const outcomes = yield* capture(vector)
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Unavailable", "Rejected", "Done", "Done"]
      )
    })
  )
})

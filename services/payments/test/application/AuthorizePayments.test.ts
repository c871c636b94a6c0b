import { assert, layer } from "@effect/vitest"
import { MinorUnits, makeOrderId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { MockProviderFaults } from "../../src/adapters/providers/mock/MockProviderFaults.ts"
import { PaymentsCommands } from "../../src/contract/index.ts"
import { eventTypes, keptTokens, providerKinds, recorded, statusOf } from "../Inspect.ts"
import { aPayment, testPayments } from "../TestPayments.ts"

layer(testPayments(), { excludeTestServices: true })("authorize", (it) => {
  it.effect("authorizes, tells it, and keeps no means of payment", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const payment = aPayment()
      const [outcome] = yield* authorize([payment])
      assert.strictEqual(outcome?._tag, "Authorized")
      if (outcome?._tag !== "Authorized") return
      assert.match(outcome.authorizationId, /^auth_[A-Za-z0-9]{24}$/)
      const days = (outcome.expiresAt.getTime() - Date.now()) / 86_400_000
      assert.isTrue(days > 6.9 && days < 7.1, `expires in ${days} days`)
      assert.deepStrictEqual(yield* recorded(payment), {
        status: "AUTHORIZED",
        authorized: 1_999,
        captured: 0,
        refunded: 0,
        operations: ["AUTHORIZE SUCCEEDED"]
      })
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized"])
      assert.strictEqual(yield* keptTokens, 0)
    })
  )

  it.effect("gives the same authorization when the command is repeated", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const payment = aPayment()
      const first = yield* authorize([payment])
      assert.deepStrictEqual(yield* authorize([payment]), first)
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized"])
    })
  )

  it.effect("declines what the provider declines, with its code, and tells it once", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const declined = ["decline_insufficient", "decline_expired", "decline_stolen", "decline_other"].map((part) =>
        aPayment({ token: `tok_${part}` })
      )
      const outcomes = yield* authorize(declined)
      assert.deepStrictEqual(
        outcomes.map((outcome) => outcome._tag === "Declined" && outcome.declineCode),
        ["insufficient_funds", "card_expired", "card_declined", "generic_decline"]
      )
      assert.deepStrictEqual(yield* authorize(declined), outcomes)
      const [first = aPayment()] = declined
      assert.deepStrictEqual(yield* eventTypes(first), ["payment.failed"])
      assert.strictEqual(yield* statusOf(first), "DECLINED")
      assert.strictEqual(yield* keptTokens, 0)
    })
  )

  it.effect("finds the authorization when the answer was lost and the command is repeated", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      yield* faults.next("authorize", "ANSWER_LOST", 2)
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Unavailable")
      assert.deepStrictEqual((yield* recorded(payment))?.operations, ["AUTHORIZE UNKNOWN"])
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Unavailable")
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Authorized")
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE"])
      assert.strictEqual(yield* keptTokens, 0)
    })
  )

  it.effect("authorizes when the request was lost and the command is repeated, with the first means of payment", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      yield* faults.next("authorize", "REQUEST_LOST")
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Unavailable")
      assert.strictEqual(yield* keptTokens, 1)
      const [outcome] = yield* authorize([{ ...payment, token: "tok_decline_other" }])
      assert.strictEqual(outcome?._tag, "Authorized")
      assert.strictEqual(yield* keptTokens, 0)
    })
  )

  it.effect("answers Unavailable, and may be repeated, when the provider cannot be reached", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      yield* faults.next("authorize", "NOT_SENT")
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Unavailable")
      assert.deepStrictEqual(yield* providerKinds(payment), [])
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Authorized")
    })
  )

  it.effect("makes one authorization when two workers authorize at once", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const payment = aPayment()
      const first = yield* faults.hold("authorize")
      const waiting = yield* Effect.forkChild(authorize([payment]))
      yield* first.arrived
      const outcome = yield* authorize([payment])
      yield* first.release
      assert.strictEqual(outcome[0]?._tag, "Authorized")
      assert.deepStrictEqual(yield* Fiber.join(waiting), outcome)
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE"])
      assert.deepStrictEqual(yield* eventTypes(payment), ["payment.authorized"])
    })
  )

  it.effect("never answers Authorized for other terms than those of the first attempt", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const payment = aPayment()
      yield* authorize([payment])
      const [outcome] = yield* authorize([{ ...payment, amountMinor: MinorUnits.make(1) }])
      assert.strictEqual(outcome?._tag, "Unavailable")
      assert.strictEqual((yield* recorded(payment))?.authorized, 1_999)
    })
  )

  it.effect("answers a vector in order, of several organizations, with one payment named twice", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const good = aPayment()
      const vector = [
        aPayment({ token: "tok_decline_stolen" }),
        good,
        aPayment(),
        good,
        aPayment({ organizationId: good.organizationId })
      ]
      const outcomes = yield* authorize(vector)
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Declined", "Authorized", "Authorized", "Authorized", "Authorized"]
      )
      assert.deepStrictEqual(outcomes[1], outcomes[3])
      assert.deepStrictEqual(yield* providerKinds(good), ["AUTHORIZE"])
    })
  )

  it.effect("lets a lost answer hit one payment of a vector only", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      yield* faults.next("authorize", "ANSWER_LOST")
      const outcomes = yield* authorize([aPayment(), aPayment(), aPayment()])
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Unavailable", "Authorized", "Authorized"]
      )
    })
  )

  it.effect("authorizes the next generation of an order on its own", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const payment = aPayment()
      const next = { ...payment, generation: 2 }
      yield* authorize([payment])
      assert.deepStrictEqual(yield* settle([payment]), [{ _tag: "Done" }])
      assert.strictEqual((yield* authorize([next]))[0]?._tag, "Authorized")
      assert.strictEqual(yield* statusOf(payment), "VOIDED")
      assert.strictEqual(yield* statusOf(next), "AUTHORIZED")
    })
  )

  it.effect("keeps the same order id of two organizations apart", () =>
    Effect.gen(function* () {
      const { authorize, settle } = yield* PaymentsCommands
      const orderId = makeOrderId()
      const mine = aPayment({ orderId })
      const theirs = aPayment({ orderId })
      yield* authorize([mine, theirs])
      yield* settle([mine])
      assert.strictEqual(yield* statusOf(mine), "VOIDED")
      assert.strictEqual(yield* statusOf(theirs), "AUTHORIZED")
    })
  )

  it.effect("answers Unavailable when the database refuses the data, and lets the neighbours through", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const outcomes = yield* authorize([aPayment(), aPayment({ amountMinor: MinorUnits.make(-1) }), aPayment()])
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Authorized", "Unavailable", "Authorized"]
      )
    })
  )

  it.effect("finds the authorization when its recording failed and the command is repeated", () =>
    Effect.gen(function* () {
      const { authorize } = yield* PaymentsCommands
      const faults = yield* MockProviderFaults
      const { sql } = yield* OwnerDatabase
      const payment = aPayment()
      const held = yield* faults.hold("authorize", "ANSWER")
      const waiting = yield* Effect.forkChild(authorize([payment]))
      yield* held.arrived
      yield* sql`ALTER TABLE payments ADD CONSTRAINT nothing_can_be_recorded CHECK (status = 'AUTHORIZING') NOT VALID`
      yield* held.release
      assert.strictEqual((yield* Fiber.join(waiting))[0]?._tag, "Unavailable")
      yield* sql`ALTER TABLE payments DROP CONSTRAINT nothing_can_be_recorded`
      assert.deepStrictEqual((yield* recorded(payment))?.operations, ["AUTHORIZE PENDING"])
      assert.strictEqual((yield* authorize([payment]))[0]?._tag, "Authorized")
      assert.deepStrictEqual(yield* providerKinds(payment), ["AUTHORIZE"])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { Currency, MinorUnits, makeOrderId, OrderId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Effect, Redacted } from "effect"
import { type AuthorizeRequest, PaymentProvider } from "../../../src/application/ports/PaymentProvider.ts"
import { ProviderStatement } from "../../../src/application/ports/ProviderStatement.ts"
import { testProvider } from "../../TestPayments.ts"

const organizationId = OrganizationId.make(uuidV7())

const requestFor = (orderId: OrderId): AuthorizeRequest => ({
  organizationId,
  key: `authorize-${orderId}-1`,
  attempt: 1,
  orderId,
  amountMinor: MinorUnits.make(100),
  currency: Currency.make("EUR"),
  token: Redacted.make("tok_good")
})

/** The same orders in every run, so that the same of them fail. */
const ORDERS = Array.from({ length: 200 }, (_, index) =>
  OrderId.make(`01900000-0000-7000-8000-${String(index).padStart(12, "0")}`)
)

layer(testProvider({ failureRate: 0.3 }), { excludeTestServices: true })("the mock provider's failure rate", (it) => {
  it.effect("fails that share of the requests, half of them after the effect, and the same ones every time", () =>
    Effect.gen(function* () {
      const provider = yield* PaymentProvider
      const { ofOrders } = yield* ProviderStatement
      const answers = yield* provider.authorize(ORDERS.map(requestFor))
      const failed = ORDERS.filter((_, index) => answers[index]?._tag === "Unanswered")
      assert.deepInclude(
        answers.find(({ _tag }) => _tag === "Unanswered"),
        { reason: "gateway_error" }
      )
      assert.isTrue(failed.length > 35 && failed.length < 85, `${failed.length} of 200 failed`)
      const happened = yield* ofOrders(organizationId, failed)
      assert.isTrue(
        happened.length > failed.length * 0.25 && happened.length < failed.length * 0.75,
        `${happened.length} of ${failed.length} had happened`
      )
      const again = yield* provider.authorize(ORDERS.map(requestFor))
      assert.deepStrictEqual(
        again.map(({ _tag }) => _tag),
        answers.map(({ _tag }) => _tag)
      )
      const next = yield* provider.authorize(failed.map((orderId) => ({ ...requestFor(orderId), attempt: 2 })))
      assert.isTrue(next.some(({ _tag }) => _tag === "Succeeded"))
    })
  )
})

layer(testProvider({ failureRate: 0.8 }), { excludeTestServices: true })("a provider that mostly fails", (it) => {
  it.effect("answers whoever looks up a key often enough", () =>
    Effect.gen(function* () {
      const provider = yield* PaymentProvider
      yield* Effect.forEach(ORDERS.slice(0, 20), (orderId) => {
        const { attempt, key, organizationId } = requestFor(orderId)
        const lookup = Effect.map(provider.lookup([{ organizationId, key, attempt }]), ([answer]) => answer?._tag)
        return Effect.filterOrFail(lookup, (tag) => tag === "NotFound").pipe(Effect.retry({ times: 200 }))
      })
    })
  )
})

layer(testProvider({ declineRate: 0.1 }), { excludeTestServices: true })("the mock provider's decline rate", (it) => {
  it.effect("declines that share of the keys, whatever the token", () =>
    Effect.gen(function* () {
      const provider = yield* PaymentProvider
      const answers = yield* provider.authorize(ORDERS.map(requestFor))
      const declined = answers.filter((answer) => answer._tag === "Declined" && answer.code === "generic_decline")
      assert.isTrue(declined.length > 8 && declined.length < 40, `${declined.length} of 200 declined`)
    })
  )
})

layer(testProvider({ latencyMs: 300, timeoutMs: 50 }), { excludeTestServices: true })("a slow provider", (it) => {
  it.effect("leaves its caller without an answer in time, and does what it was asked all the same", () =>
    Effect.gen(function* () {
      const provider = yield* PaymentProvider
      const { ofOrders } = yield* ProviderStatement
      const orderId = makeOrderId()
      const [answer] = yield* provider.authorize([requestFor(orderId)])
      assert.strictEqual(answer?._tag, "Unanswered")
      const effects = yield* Effect.eventually(
        Effect.filterOrFail(ofOrders(organizationId, [orderId]), (found) => found.length > 0)
      )
      assert.strictEqual(effects.length, 1)
    })
  )
})

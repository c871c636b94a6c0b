import { assert, layer } from "@effect/vitest"
import { Currency, MinorUnits, makeOrderId, type OrderId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { Context, Effect, type Layer, Redacted } from "effect"
import {
  type AuthorizeRequest,
  type CaptureRequest,
  PaymentProvider,
  type VoidRequest
} from "../src/application/ports/PaymentProvider.ts"
import { ProviderStatement } from "../src/application/ports/ProviderStatement.ts"

/** What the suite needs of an implementation besides the port. */
export class ProviderUnderTest extends Context.Service<
  ProviderUnderTest,
  {
    readonly goodToken: string
    readonly decliningToken: { readonly token: string; readonly code: string }
    /** Makes an authorization run out now. */
    readonly expire: (organizationId: OrganizationId, authorizationId: string) => Effect.Effect<void>
    readonly nowMs: Effect.Effect<number>
    /** Moves the provider's clock. */
    readonly passTime: (ms: number) => Effect.Effect<void>
  }
>()("@valerix/payments/test/ProviderUnderTest") {}

const organizationId = OrganizationId.make(uuidV7())
const amountMinor = MinorUnits.make(1_999)

const anAuthorization = (token: string, differences: Partial<AuthorizeRequest> = {}): AuthorizeRequest => {
  const orderId = makeOrderId()
  return {
    organizationId,
    key: `authorize-${orderId}-1`,
    attempt: 1,
    orderId,
    amountMinor,
    currency: Currency.make("EUR"),
    token: Redacted.make(token),
    ...differences
  }
}

const captureOf = (orderId: OrderId, authorizationId: string): CaptureRequest => ({
  organizationId,
  key: `capture-${orderId}`,
  attempt: 1,
  authorizationId,
  amountMinor
})

const voidOf = (orderId: OrderId, authorizationId: string): VoidRequest => ({
  organizationId,
  key: `void-${orderId}-1`,
  attempt: 1,
  authorizationId
})

/** An authorization that succeeded. */
const authorized = Effect.gen(function* () {
  const { goodToken } = yield* ProviderUnderTest
  const request = anAuthorization(goodToken)
  const [answer] = yield* (yield* PaymentProvider).authorize([request])
  if (answer?._tag !== "Succeeded") return yield* Effect.die(new Error(`not authorized: ${answer?._tag}`))
  return { request, orderId: request.orderId, authorizationId: answer.reference, answer }
})

const captured = Effect.gen(function* () {
  const authorization = yield* authorized
  const capture = captureOf(authorization.orderId, authorization.authorizationId)
  const [answer] = yield* (yield* PaymentProvider).capture([capture])
  if (answer?._tag !== "Succeeded") return yield* Effect.die(new Error(`not captured: ${answer?._tag}`))
  return { ...authorization, capture, captureId: answer.reference, captureAnswer: answer }
})

const effectsOf = (orderId: OrderId) =>
  Effect.flatMap(ProviderStatement, ({ ofOrders }) => ofOrders(organizationId, [orderId]))

/** What every implementation of PaymentProvider has to hold. */
export const paymentProviderContract = <E>(
  name: string,
  implementation: Layer.Layer<PaymentProvider | ProviderStatement | ProviderUnderTest, E>
) =>
  layer(implementation, { excludeTestServices: true })(`${name} as a payment provider`, (it) => {
    it.effect("gives the first authorization again when the key is reused", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { answer, orderId, request } = yield* authorized
        assert.deepStrictEqual(yield* provider.authorize([{ ...request, attempt: 2 }]), [answer])
        assert.strictEqual((yield* effectsOf(orderId)).length, 1)
      })
    )

    it.effect("makes one authorization of requests with the same key that come at once", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { goodToken } = yield* ProviderUnderTest
        const request = anAuthorization(goodToken)
        const answers = yield* Effect.all(
          Array.from({ length: 5 }, () => provider.authorize([request, request])),
          { concurrency: "unbounded" }
        )
        const references = new Set(answers.flat().map((answer) => "reference" in answer && answer.reference))
        assert.strictEqual(references.size, 1)
        assert.strictEqual((yield* effectsOf(request.orderId)).length, 1)
      })
    )

    it.effect("remembers a decline under its key", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { decliningToken } = yield* ProviderUnderTest
        const request = anAuthorization(decliningToken.token)
        const [first] = yield* provider.authorize([request])
        assert.strictEqual(first?._tag === "Declined" && first.code, decliningToken.code)
        assert.deepStrictEqual((yield* provider.authorize([request]))[0], first)
        assert.strictEqual((yield* provider.lookup([request]))[0]?._tag, "FoundDeclined")
        assert.deepStrictEqual(yield* effectsOf(request.orderId), [])
      })
    )

    it.effect("refuses a key that is reused with other parameters, and does nothing", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { authorizationId, capture, captureId, orderId, request } = yield* captured
        const other = yield* authorized
        const less = MinorUnits.make(1)
        assert.deepStrictEqual(yield* provider.authorize([{ ...request, amountMinor: less }]), [{ _tag: "KeyReused" }])
        assert.deepStrictEqual(yield* provider.authorize([{ ...request, token: Redacted.make("tok_other") }]), [
          { _tag: "KeyReused" }
        ])
        assert.deepStrictEqual(yield* provider.capture([{ ...capture, amountMinor: less }]), [{ _tag: "KeyReused" }])
        assert.deepStrictEqual(yield* provider.capture([{ ...capture, authorizationId: other.authorizationId }]), [
          { _tag: "KeyReused" }
        ])
        const refund = { organizationId, key: `refund-${orderId}`, attempt: 1, captureId, amountMinor }
        yield* provider.refund([refund])
        assert.deepStrictEqual(yield* provider.refund([{ ...refund, amountMinor: less }]), [{ _tag: "KeyReused" }])
        assert.deepStrictEqual((yield* effectsOf(orderId)).map(({ kind }) => kind).toSorted(), [
          "AUTHORIZE",
          "CAPTURE",
          "REFUND"
        ])
        assert.strictEqual((yield* effectsOf(other.orderId)).length, 1)
        assert.strictEqual(authorizationId.startsWith("auth_"), true)
      })
    )

    it.effect("gives an authorization again under its key after it was voided, and makes no new one", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { answer, authorizationId, orderId, request } = yield* authorized
        yield* provider.void([voidOf(orderId, authorizationId)])
        assert.deepStrictEqual(yield* provider.authorize([request]), [answer])
        assert.deepStrictEqual((yield* effectsOf(orderId)).map(({ kind }) => kind).toSorted(), ["AUTHORIZE", "VOID"])
      })
    )

    it.effect("gives the first capture again when the key is reused, also after the refund", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { capture, captureAnswer, captureId, orderId } = yield* captured
        assert.deepStrictEqual(yield* provider.capture([capture, capture]), [captureAnswer, captureAnswer])
        yield* provider.refund([{ organizationId, key: `refund-${orderId}`, attempt: 1, captureId, amountMinor }])
        assert.deepStrictEqual(yield* provider.capture([capture]), [captureAnswer])
        assert.strictEqual((yield* effectsOf(orderId)).filter(({ kind }) => kind === "CAPTURE").length, 1)
      })
    )

    it.effect("captures an authorization once, whatever the keys", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { capture, orderId } = yield* captured
        assert.deepStrictEqual(yield* provider.capture([{ ...capture, key: "another" }]), [{ _tag: "AlreadyCaptured" }])
        assert.strictEqual((yield* effectsOf(orderId)).filter(({ kind }) => kind === "CAPTURE").length, 1)
      })
    )

    it.effect("captures no more than is authorized", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { authorizationId, orderId } = yield* authorized
        const tooMuch = { ...captureOf(orderId, authorizationId), amountMinor: MinorUnits.make(amountMinor + 1) }
        assert.strictEqual((yield* provider.capture([tooMuch]))[0]?._tag, "Rejected")
        assert.strictEqual((yield* effectsOf(orderId)).length, 1)
      })
    )

    it.effect("refuses to capture what is voided, and to void what is captured", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const voided = yield* authorized
        const firstVoid = yield* provider.void([voidOf(voided.orderId, voided.authorizationId)])
        assert.strictEqual(firstVoid[0]?._tag, "Succeeded")
        assert.deepStrictEqual(yield* provider.capture([captureOf(voided.orderId, voided.authorizationId)]), [
          { _tag: "AlreadyVoided" }
        ])
        assert.deepStrictEqual(yield* provider.void([voidOf(voided.orderId, voided.authorizationId)]), firstVoid)
        assert.deepStrictEqual(
          yield* provider.void([{ ...voidOf(voided.orderId, voided.authorizationId), key: "another" }]),
          [{ _tag: "AlreadyVoided" }]
        )
        const { authorizationId, orderId } = yield* captured
        assert.deepStrictEqual(yield* provider.void([voidOf(orderId, authorizationId)]), [{ _tag: "AlreadyCaptured" }])
      })
    )

    it.effect("lets one of a capture and a void win when both come at once, and finds the capture if it was that", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const outcomes = yield* Effect.forEach(
          Array.from({ length: 20 }),
          Effect.fnUntraced(function* () {
            const { authorizationId, orderId } = yield* authorized
            const capture = captureOf(orderId, authorizationId)
            const [[captureAnswer], [voidAnswer]] = yield* Effect.all(
              [provider.capture([capture]), provider.void([voidOf(orderId, authorizationId)])],
              { concurrency: "unbounded" }
            )
            const [found] = yield* provider.lookup([capture])
            return [captureAnswer?._tag, voidAnswer?._tag, found?._tag].join(" ")
          }),
          { concurrency: 4 }
        )
        for (const outcome of outcomes) {
          assert.include(["Succeeded AlreadyCaptured Found", "AlreadyVoided Succeeded NotFound"], outcome)
        }
      })
    )

    it.effect("refuses to capture and to void what has expired, but gives a capture made before", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { expire } = yield* ProviderUnderTest
        const open = yield* authorized
        yield* expire(organizationId, open.authorizationId)
        assert.deepStrictEqual(yield* provider.capture([captureOf(open.orderId, open.authorizationId)]), [
          { _tag: "Expired" }
        ])
        assert.deepStrictEqual(yield* provider.void([voidOf(open.orderId, open.authorizationId)]), [
          { _tag: "Expired" }
        ])
        const { authorizationId, capture, captureAnswer, orderId } = yield* captured
        yield* expire(organizationId, authorizationId)
        assert.deepStrictEqual(yield* provider.capture([capture]), [captureAnswer])
        assert.deepStrictEqual(yield* provider.void([voidOf(orderId, authorizationId)]), [{ _tag: "AlreadyCaptured" }])
      })
    )

    it.effect("refunds a capture once, and no more than was captured", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { captureId, orderId } = yield* captured
        const refund = { organizationId, key: `refund-${orderId}`, attempt: 1, captureId, amountMinor }
        const answers = yield* Effect.all([provider.refund([refund]), provider.refund([refund, refund])], {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(answers.flat().map((answer) => JSON.stringify(answer))).size, 1)
        assert.deepStrictEqual(yield* provider.refund([{ ...refund, key: "another" }]), [{ _tag: "AlreadyRefunded" }])
        assert.strictEqual((yield* effectsOf(orderId)).filter(({ kind }) => kind === "REFUND").length, 1)
      })
    )

    it.effect("answers every item of a vector in its place, whatever becomes of its neighbours", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { decliningToken, goodToken } = yield* ProviderUnderTest
        const good = yield* authorized
        const voided = yield* authorized
        yield* provider.void([voidOf(voided.orderId, voided.authorizationId)])
        const authorizations = yield* provider.authorize([
          anAuthorization(decliningToken.token),
          anAuthorization(goodToken),
          anAuthorization(decliningToken.token)
        ])
        assert.deepStrictEqual(
          authorizations.map(({ _tag }) => _tag),
          ["Declined", "Succeeded", "Declined"]
        )
        const captures = yield* provider.capture([
          captureOf(voided.orderId, voided.authorizationId),
          captureOf(good.orderId, good.authorizationId),
          captureOf(makeOrderId(), "auth_of_nobody")
        ])
        assert.deepStrictEqual(
          captures.map(({ _tag }) => _tag),
          ["AlreadyVoided", "Succeeded", "NotFound"]
        )
        const lookups = yield* provider.lookup([
          captureOf(voided.orderId, voided.authorizationId),
          captureOf(good.orderId, good.authorizationId)
        ])
        assert.deepStrictEqual(
          lookups.map(({ _tag }) => _tag),
          ["NotFound", "Found"]
        )
      })
    )

    it.effect("keeps the organizations apart: another's key and another's authorization are unknown", () =>
      Effect.gen(function* () {
        const provider = yield* PaymentProvider
        const { authorizationId, capture, orderId, request } = yield* captured
        const stranger = { organizationId: OrganizationId.make(uuidV7()) }
        assert.deepStrictEqual(yield* provider.lookup([{ ...capture, ...stranger }]), [{ _tag: "NotFound" }])
        assert.deepStrictEqual(yield* provider.capture([{ ...capture, ...stranger }]), [{ _tag: "NotFound" }])
        assert.deepStrictEqual(yield* provider.void([{ ...voidOf(orderId, authorizationId), ...stranger }]), [
          { _tag: "NotFound" }
        ])
        const [theirs] = yield* provider.authorize([{ ...request, ...stranger }])
        assert.isTrue(theirs?._tag === "Succeeded" && theirs.reference !== authorizationId)
      })
    )
  })

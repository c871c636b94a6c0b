import { assert } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { type Fenced, SagaFences } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect, Exit, Redacted } from "effect"
import { fenced } from "../../src/application/FencedPayment.ts"
import { PaymentRepository } from "../../src/application/ports/PaymentRepository.ts"
import type { Payment, PaymentKey } from "../../src/domain/Payment.ts"
import { makePaymentId } from "../../src/domain/PaymentId.ts"
import { begin, recordAuthorized, recordCaptured, recordDeclined } from "../../src/domain/PaymentTransitions.ts"
import { AMOUNT, DECLINE, paymentIn, take } from "../domain/SamplePayments.ts"
import { makeOrganizationId } from "../TestPayments.ts"

export type PaymentBench = PaymentRepository | TenantTransactions | SagaFences

/** Does something with the repository in one transaction of the payments' organizations. */
export const inTransaction = <A, E>(
  keys: ReadonlyArray<PaymentKey>,
  work: (repository: PaymentRepository["Service"], fences: SagaFences["Service"]) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const transactions = yield* TenantTransactions
    const repository = yield* PaymentRepository
    const fences = yield* SagaFences
    return yield* transactions.run(keys.map(({ organizationId }) => organizationId))(work(repository, fences))
  })

/** A payment that was not asked of the provider yet. */
export const freshPayment = (changes: Partial<Payment> = {}): Payment => ({
  ...paymentIn("AUTHORIZING"),
  operations: {},
  ...changes
})

/** Another generation of the same order. */
const nextGeneration = ({ orderId, organizationId }: Payment): Payment =>
  freshPayment({ organizationId, orderId, generation: 2 })

const add = (...payments: ReadonlyArray<Payment>) => inTransaction(payments, (repository) => repository.add(payments))

export const lock = (...keys: ReadonlyArray<PaymentKey>) => inTransaction(keys, (repository) => repository.lock(keys))

const locked = Effect.fnUntraced(function* (key: PaymentKey) {
  const [found] = yield* lock(key)
  return found ?? (yield* Effect.die(new Error("there is no such payment")))
})

const change = (key: PaymentKey, to: (payment: Payment) => Payment) =>
  inTransaction([key], (repository) =>
    Effect.gen(function* () {
      const [found] = yield* repository.lock([key])
      if (found === undefined) return yield* Effect.die(new Error("there is no such payment"))
      yield* repository.save([{ before: found.payment, after: to(found.payment) }])
    })
  )

const authorizationOf = (payment: Payment) => ({
  authorizationId: `auth_${payment.paymentId}`,
  expiresAt: new Date("2030-01-01T00:00:00Z")
})

const toAuthorizing = (payment: Payment) => begin(payment, "AUTHORIZE", AMOUNT, Redacted.make("tok"))
const toAuthorized = (payment: Payment) => take(recordAuthorized(payment, authorizationOf(payment)))
const toCapturing = (payment: Payment) => begin(payment, "CAPTURE", AMOUNT)
const toCaptured = (payment: Payment) =>
  take(recordCaptured(payment, { captureId: `cap_${payment.paymentId}`, amountMinor: AMOUNT }))

/** What every PaymentRepository promises. */
export const paymentRepositoryContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, PaymentBench>]
> = Object.entries({
  "inserts payments that are not there yet, and says which": Effect.gen(function* () {
    const [known, fresh] = [freshPayment(), freshPayment()]
    assert.deepStrictEqual(yield* add(known), [known])
    const twin = { ...known, paymentId: makePaymentId(), method: "cash" }
    const another = { ...fresh, paymentId: makePaymentId() }
    assert.deepStrictEqual(yield* add(twin, fresh, another), [fresh])
    assert.deepStrictEqual((yield* locked(known)).payment, known)
    assert.deepStrictEqual((yield* locked(fresh)).payment, fresh)
  }),

  "gives one entry per key, in order, and none where there is none": Effect.gen(function* () {
    const [one, other, unknown] = [freshPayment(), freshPayment(), freshPayment()]
    yield* add(one, other)
    const strayed = { ...one, organizationId: makeOrganizationId() }
    const found = yield* lock(other, unknown, strayed, one, other)
    assert.deepStrictEqual(
      found.map((entry) => entry?.payment),
      [other, undefined, undefined, one, other]
    )
  }),

  "keeps each step of a payment's life as it was": Effect.gen(function* () {
    const payment = freshPayment()
    yield* add(payment)
    let expected = payment
    for (const step of [toAuthorizing, toAuthorized, toCapturing, toCaptured]) {
      expected = step(expected)
      yield* change(payment, step)
      assert.deepStrictEqual((yield* locked(payment)).payment, expected)
    }
    const declined = freshPayment()
    yield* add(declined)
    yield* change(declined, toAuthorizing)
    yield* change(declined, (found) => take(recordDeclined(found, DECLINE)))
    assert.deepStrictEqual((yield* locked(declined)).payment, take(recordDeclined(toAuthorizing(declined), DECLINE)))
  }),

  "writes nothing over what was changed meanwhile": Effect.gen(function* () {
    const payment = freshPayment()
    yield* add(payment)
    yield* change(payment, toAuthorizing)
    const { payment: before } = yield* locked(payment)
    yield* change(payment, toAuthorized)
    const stale = inTransaction([payment], (repository) =>
      repository.save([{ before, after: take(recordDeclined(before, DECLINE)) }])
    )
    assert.isTrue(Exit.hasDies(yield* Effect.exit(stale)))
    assert.strictEqual((yield* locked(payment)).payment.state.status, "AUTHORIZED")
  }),

  "knows which other generation of an order has a capture, and keeps it from having two": Effect.gen(function* () {
    const first = freshPayment()
    const second = nextGeneration(first)
    yield* add(first, second)
    for (const payment of [first, second]) {
      yield* change(payment, toAuthorizing)
      yield* change(payment, toAuthorized)
    }
    yield* change(first, toCapturing)
    assert.strictEqual((yield* locked(first)).capturedGeneration, undefined)
    assert.strictEqual((yield* locked(second)).capturedGeneration, 1)
    assert.isTrue(Exit.hasDies(yield* Effect.exit(change(second, toCapturing))))
    assert.isUndefined((yield* locked(second)).payment.operations.CAPTURE)
  }),

  "lets no authorization pay for two payments": Effect.gen(function* () {
    const first = freshPayment()
    const second = freshPayment({ organizationId: first.organizationId })
    const elsewhere = freshPayment()
    yield* add(first, second, elsewhere)
    for (const payment of [first, second, elsewhere]) yield* change(payment, toAuthorizing)
    const authorize = (payment: Payment) =>
      change(payment, (found) => take(recordAuthorized(found, authorizationOf(first))))
    yield* authorize(first)
    assert.isTrue(Exit.hasDies(yield* Effect.exit(authorize(second))))
    yield* authorize(elsewhere)
    assert.strictEqual((yield* locked(second)).payment.state.status, "AUTHORIZING")
  }),

  "says of a payment whether its undo has come": Effect.gen(function* () {
    const first = freshPayment()
    const second = nextGeneration(first)
    yield* add(first, second)
    const undone: Fenced = fenced({ ...first, epoch: 1 })
    yield* inTransaction([first], (_, fences) => fences.undo([undone]))
    assert.isTrue((yield* locked(first)).isUndone)
    assert.isFalse((yield* locked(second)).isUndone)
  }),

  "forgets what was rolled back": Effect.gen(function* () {
    const [known, fresh] = [freshPayment(), freshPayment()]
    yield* add(known)
    const failing = inTransaction([known, fresh], (repository) =>
      repository
        .add([fresh])
        .pipe(
          Effect.andThen(repository.save([{ before: known, after: toAuthorizing(known) }])),
          Effect.andThen(Effect.fail("no"))
        )
    )
    assert.strictEqual(yield* Effect.flip(failing), "no")
    assert.deepStrictEqual(
      (yield* lock(known, fresh)).map((entry) => entry?.payment),
      [known, undefined]
    )
  }),

  "does nothing for nobody": Effect.gen(function* () {
    assert.deepStrictEqual(yield* add(), [])
    assert.deepStrictEqual(yield* lock(), [])
    yield* inTransaction([{ ...freshPayment(), orderId: makeOrderId() }], (repository) => repository.save([]))
  })
})

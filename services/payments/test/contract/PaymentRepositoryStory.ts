import { makeOrderId } from "@valerix/money-and-ids"
import { Aliases } from "@valerix/testing"
import { Effect, Exit, Redacted, Result } from "effect"
import fc from "fast-check"
import { fenced } from "../../src/application/FencedPayment.ts"
import type { Payment } from "../../src/domain/Payment.ts"
import { makePaymentId } from "../../src/domain/PaymentId.ts"
import {
  begin,
  recordAuthorized,
  recordCaptured,
  recordDeclined,
  recordExpired,
  recordRefunded,
  recordUnanswered,
  recordVoided
} from "../../src/domain/PaymentTransitions.ts"
import { AMOUNT, DECLINE } from "../domain/SamplePayments.ts"
import { makeOrganizationId } from "../TestPayments.ts"
import { freshPayment, inTransaction } from "./PaymentRepositoryContract.ts"

/** Three orders of two organizations, two generations of each. */
const PAYMENTS = 6

const TRANSITIONS = {
  "begin AUTHORIZE": (payment: Payment) =>
    payment.state.status === "AUTHORIZING"
      ? Result.succeed(begin(payment, "AUTHORIZE", AMOUNT, Redacted.make("tok_good")))
      : Result.fail("not now"),
  "begin CAPTURE": (payment: Payment) =>
    payment.state.status === "AUTHORIZED" ? Result.succeed(begin(payment, "CAPTURE", AMOUNT)) : Result.fail("not now"),
  "begin VOID": (payment: Payment) =>
    payment.state.status === "AUTHORIZED" ? Result.succeed(begin(payment, "VOID", AMOUNT)) : Result.fail("not now"),
  "begin REFUND": (payment: Payment) =>
    payment.state.status === "CAPTURED" ? Result.succeed(begin(payment, "REFUND", AMOUNT)) : Result.fail("not now"),
  unanswered: (payment: Payment) => Result.succeed(recordUnanswered(payment, "AUTHORIZE", "no answer in 2000 ms")),
  authorized: (payment: Payment) =>
    recordAuthorized(payment, {
      authorizationId: `auth_${payment.orderId}_${payment.generation}`,
      expiresAt: new Date("2030-01-01T00:00:00.123Z")
    }),
  declined: (payment: Payment) => recordDeclined(payment, DECLINE),
  captured: (payment: Payment) => recordCaptured(payment, { captureId: `cap_${payment.orderId}`, amountMinor: AMOUNT }),
  voided: (payment: Payment) => recordVoided(payment, "void_1"),
  expired: (payment: Payment) => recordExpired(payment),
  refunded: (payment: Payment) => recordRefunded(payment, "ref_1")
}

type Transition = keyof typeof TRANSITIONS

const resultOf = (transition: Transition, payment: Payment): Result.Result<Payment, unknown> =>
  TRANSITIONS[transition](payment)

interface Step {
  readonly does: Transition | "add" | "add again" | "undo" | "lock"
  readonly payments: ReadonlyArray<number>
  readonly isRolledBack: boolean
}

const TRANSITION_NAMES = [
  "begin AUTHORIZE",
  "begin CAPTURE",
  "begin VOID",
  "begin REFUND",
  "unanswered",
  "authorized",
  "declined",
  "captured",
  "voided",
  "expired",
  "refunded"
] as const satisfies ReadonlyArray<Transition>

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record<Step>({
      does: fc.constantFrom(...TRANSITION_NAMES),
      payments: fc.uniqueArray(fc.nat(PAYMENTS - 1), { maxLength: PAYMENTS }),
      isRolledBack: fc.constantFrom(false, false, false, true)
    })
  },
  {
    weight: 1,
    arbitrary: fc.record<Step>({
      does: fc.constantFrom("add", "add again", "undo", "lock"),
      // A payment may stand twice.
      payments: fc.array(fc.nat(PAYMENTS - 1), { maxLength: PAYMENTS }),
      isRolledBack: fc.constantFrom(false, false, false, true)
    })
  }
)

export const paymentStories = fc.array(step, { maxLength: 30 })

/** Tells a story to a repository, and gives what it answered and what it holds in the end. */
export const tellPayments = Effect.fnUntraced(function* (story: ReadonlyArray<Step>) {
  const aliases = new Aliases()
  const organizations = [makeOrganizationId(), makeOrganizationId()] as const
  const orders = [makeOrderId(), makeOrderId(), makeOrderId()]
  const payments = orders.flatMap((orderId, index) =>
    [1, 2].map((generation) =>
      freshPayment({ organizationId: organizations[index === 0 ? 0 : 1], orderId, generation })
    )
  )
  const seen: Array<unknown> = [aliases.of(payments)]

  const act = ({ does, isRolledBack, payments: chosen }: Step) => {
    const named = chosen.flatMap((index) => payments[index] ?? [])
    return inTransaction(named, (repository, fences) =>
      Effect.gen(function* () {
        switch (does) {
          case "add":
            seen.push(aliases.of(yield* repository.add([...new Set(named)])))
            break
          case "add again": {
            const again = named.map((payment) => ({ ...payment, paymentId: makePaymentId(), method: "cash" }))
            seen.push(aliases.of((yield* repository.add(again)).map(({ paymentId: _, ...payment }) => payment)))
            break
          }
          case "undo": {
            const each = new Set(named)
            seen.push(yield* fences.undo([...each].map((payment) => fenced({ ...payment, epoch: 1 }))))
            break
          }
          case "lock":
            break
          default: {
            const found = (yield* repository.lock(named)).flatMap((locked) => locked ?? [])
            yield* repository.save(
              found.flatMap(({ payment: before }) => {
                const after: Payment | undefined = Result.getOrUndefined(resultOf(does, before))
                return after === undefined ? [] : [{ before, after }]
              })
            )
          }
        }
        seen.push(aliases.of(yield* repository.lock(named)))
        if (isRolledBack) return yield* Effect.fail("rolled back")
      })
    )
  }

  for (const one of story) seen.push(Exit.isSuccess(yield* Effect.exit(act(one))))
  seen.push(aliases.of(yield* inTransaction(payments, (repository) => repository.lock(payments))))
  return seen
})

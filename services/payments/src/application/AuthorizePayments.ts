import type { Outcome } from "@valerix/saga"
import { Context, Effect, Layer, Redacted } from "effect"
import type { AuthorizeOutcome, AuthorizePayment } from "../contract/PaymentsCommands.ts"
import type { Payment } from "../domain/Payment.ts"
import { makePaymentId } from "../domain/PaymentId.ts"
import { begin } from "../domain/PaymentTransitions.ts"
import { answer, Conversation, type Entry, type Script, type Turn } from "./Conversation.ts"
import { fenced } from "./FencedPayment.ts"
import { askAbout } from "./ProviderQuestion.ts"

export type AuthorizeResult =
  | AuthorizeOutcome
  /** The payment was begun with another amount or currency; nothing was done now. */
  | { readonly _tag: "TermsDiffer" }

/**
 * Authorizes payments. A command is repeated with the terms and the means of payment of its first attempt, under the
 * same key, and so finds the authorization that may have been made then. Each command of a vector names another payment.
 */
export class AuthorizePayments extends Context.Service<
  AuthorizePayments,
  { readonly run: (commands: ReadonlyArray<AuthorizePayment>) => Effect.Effect<ReadonlyArray<AuthorizeResult>> }
>()("@valerix/payments/application/AuthorizePayments") {
  static readonly layer = Layer.effect(
    AuthorizePayments,
    Effect.map(Conversation, ({ hold }) => AuthorizePayments.of({ run: (commands) => hold(commands, script) }))
  )
}

const cancelled: AuthorizeResult = { _tag: "Cancelled" }
const unavailable = (reason: string): AuthorizeResult => ({ _tag: "Unavailable", reason })

const script: Script<AuthorizePayment, AuthorizeResult> = {
  enter: Effect.fnUntraced(function* ({ fences, payments }, commands) {
    const admitted = yield* fences.admit(commands.map(fenced))
    const begun = commands.map((command, index) => (admitted[index] === true ? newPayment(command) : undefined))
    const added = new Set(yield* payments.add(begun.filter((payment) => payment !== undefined)))
    return begun.map((payment): Entry => {
      if (payment === undefined) return false
      return added.has(payment) ? payment : true
    })
  }),
  refused: cancelled,
  open: (command, locked): Turn<AuthorizeResult> => {
    if (locked === undefined) return answer(unavailable("the payment was not recorded"))
    const { payment } = locked
    if (payment.amountMinor !== command.amountMinor || payment.currency !== command.currency) {
      return answer({ _tag: "TermsDiffer" })
    }
    if (payment.state.status !== "AUTHORIZING") return answer(resultOf(payment, cancelled))
    const begun = begin(payment, "AUTHORIZE", payment.amountMinor, Redacted.make(command.token))
    return askAbout(begun, "Authorize") ?? answer(unavailable("the means of payment is missing"))
  },
  // What is authorized although its settlement has begun is voided by that settlement.
  next: (_command, { isUndone, otherwise, payment }) =>
    answer(isUndone ? cancelled : resultOf(payment, unavailable(reasonOf(otherwise)))),
  unfinished: unavailable("the provider gave no answer")
}

const reasonOf = (outcome: Outcome): string =>
  "reason" in outcome
    ? outcome.reason
    : "message" in outcome
      ? outcome.message
      : "the answer of the provider is unclear"

const resultOf = ({ state }: Payment, otherwise: AuthorizeResult): AuthorizeResult => {
  switch (state.status) {
    case "AUTHORIZING":
      return otherwise
    case "DECLINED":
      return { _tag: "Declined", declineCode: state.code, message: state.message }
    case "AUTHORIZED":
    case "CAPTURED":
      return { _tag: "Authorized", ...state.authorization }
    case "VOIDED":
    case "EXPIRED":
    case "REFUNDED":
      return cancelled
  }
}

const newPayment = (command: AuthorizePayment): Payment => ({
  organizationId: command.organizationId,
  orderId: command.orderId,
  generation: command.generation,
  paymentId: makePaymentId(),
  customerId: command.customerId,
  method: command.method,
  currency: command.currency,
  amountMinor: command.amountMinor,
  state: { status: "AUTHORIZING" },
  operations: {}
})

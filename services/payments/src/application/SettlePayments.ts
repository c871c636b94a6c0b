import { cancelled, done, type Outcome, rejected, unavailable } from "@valerix/saga"
import { Context, Effect, Layer } from "effect"
import type { PaymentCommand } from "../contract/PaymentsCommands.ts"
import type { Payment } from "../domain/Payment.ts"
import { ALREADY_CAPTURED, begin } from "../domain/PaymentTransitions.ts"
import { type SettlementStep, settlementStep } from "../domain/SettlementStep.ts"
import { answer, Conversation, type Script, type Turn } from "./Conversation.ts"
import { fenced } from "./FencedPayment.ts"
import { askAbout } from "./ProviderQuestion.ts"

export interface SettlePayment extends PaymentCommand {
  /** Leave a capture as it is and reject with `already_captured`, instead of refunding it. */
  readonly keepsCapture?: boolean
}

/**
 * Settles payments: afterwards nothing is held or kept, and nothing can be any more, whatever is still on its way. From
 * its tombstone on no authorize and no capture is begun; those that were begun before are made harmless by what is asked
 * here, in this order: repeat an authorization that is not definite, void, and if a capture came first, refund it. See
 * SettlementStep. Each command of a vector names another payment.
 */
export class SettlePayments extends Context.Service<
  SettlePayments,
  { readonly run: (commands: ReadonlyArray<SettlePayment>) => Effect.Effect<ReadonlyArray<Outcome>> }
>()("@valerix/payments/application/SettlePayments") {
  static readonly layer = Layer.effect(
    SettlePayments,
    Effect.map(Conversation, ({ hold }) => SettlePayments.of({ run: (commands) => hold(commands, script) }))
  )
}

const script: Script<SettlePayment, Outcome> = {
  enter: ({ fences }, commands) => fences.undo(commands.map(fenced)),
  refused: cancelled,
  // Without a payment the tombstone is all: no payment can be begun any more.
  open: (command, locked) => (locked === undefined ? answer(done) : goOn(command, locked.payment)),
  // What matters is the step that was asked about: the payment may have been moved on by another worker meanwhile.
  next: (command, { asked, otherwise, payment }) =>
    settlementStep(payment) === STEP_OF_QUESTION[asked] ? answer(otherwise) : goOn(command, payment),
  unfinished: unavailable("the settlement takes more questions than it may")
}

const STEP_OF_QUESTION = {
  Authorize: "AUTHORIZE",
  Capture: undefined,
  Void: "VOID",
  FindCapture: "FIND_CAPTURE",
  Refund: "REFUND"
} as const

const goOn = (command: SettlePayment, payment: Payment): Turn<Outcome> => {
  const step = settlementStep(payment)
  if (step === "SETTLED") return answer(done)
  if (step === "REFUND" && command.keepsCapture === true) {
    return answer(rejected(ALREADY_CAPTURED, "The authorization was captured."))
  }
  return ask(step, payment) ?? answer(unavailable(`what it takes to ask is missing: ${step}`))
}

const ask = (step: Exclude<SettlementStep, "SETTLED">, payment: Payment) => {
  switch (step) {
    case "AUTHORIZE":
      return askAbout(begin(payment, "AUTHORIZE", payment.amountMinor), "Authorize")
    case "VOID":
      return askAbout(begin(payment, "VOID", payment.amountMinor), "Void")
    case "FIND_CAPTURE":
      return askAbout(payment, "FindCapture")
    case "REFUND":
      return payment.state.status === "CAPTURED"
        ? askAbout(begin(payment, "REFUND", payment.state.capture.amountMinor), "Refund")
        : undefined
  }
}

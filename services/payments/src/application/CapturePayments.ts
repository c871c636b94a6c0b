import type { MinorUnits } from "@valerix/money-and-ids"
import { cancelled, done, type Outcome, rejected, unavailable } from "@valerix/saga"
import { Context, Effect, Layer } from "effect"
import type { PaymentCommand } from "../contract/PaymentsCommands.ts"
import type { Payment } from "../domain/Payment.ts"
import { AUTHORIZATION_EXPIRED, begin } from "../domain/PaymentTransitions.ts"
import { answer, Conversation, type Script, type Turn } from "./Conversation.ts"
import { fenced } from "./FencedPayment.ts"
import { askAbout } from "./ProviderQuestion.ts"
import { CAPTURE_REJECTED } from "./ProviderReply.ts"
import type { LockedPayment } from "./ports/PaymentRepository.ts"

export interface CapturePayment extends PaymentCommand {
  /** A part of the authorized amount; all of it when left out. */
  readonly partMinor?: MinorUnits
}

export const PAYMENT_NOT_FOUND = "payment_not_found"
export const AMOUNT_DIFFERS = "amount_differs"

/**
 * Captures authorized payments. A capture whose answer did not come is asked for again under the same key, and so found
 * if it happened. Each command of a vector names another payment.
 */
export class CapturePayments extends Context.Service<
  CapturePayments,
  { readonly run: (commands: ReadonlyArray<CapturePayment>) => Effect.Effect<ReadonlyArray<Outcome>> }
>()("@valerix/payments/application/CapturePayments") {
  static readonly layer = Layer.effect(
    CapturePayments,
    Effect.map(Conversation, ({ hold }) => CapturePayments.of({ run: (commands) => hold(commands, script) }))
  )
}

const script: Script<CapturePayment, Outcome> = {
  enter: ({ fences }, commands) => fences.admit(commands.map(fenced)),
  refused: cancelled,
  open: (command, locked) =>
    locked === undefined
      ? answer(rejected(PAYMENT_NOT_FOUND, "There is no payment of this order and generation."))
      : (finalOutcome(locked.payment) ?? openAuthorized(command, locked)),
  next: (_command, { isUndone, otherwise, payment }) =>
    isUndone ? answer(cancelled) : (finalOutcome(payment) ?? answer(otherwise)),
  unfinished: unavailable("the provider gave no answer")
}

const openAuthorized = (command: CapturePayment, { capturedGeneration, payment }: LockedPayment): Turn<Outcome> => {
  if (capturedGeneration !== undefined) {
    return answer(
      rejected(CAPTURE_REJECTED, `Generation ${capturedGeneration} of the order has a capture; an order has one.`)
    )
  }
  const amountMinor = payment.operations.CAPTURE?.amountMinor ?? command.partMinor ?? payment.amountMinor
  if (command.partMinor !== undefined && command.partMinor !== amountMinor) {
    return answer(rejected(AMOUNT_DIFFERS, "The capture was begun with another amount."))
  }
  if (amountMinor > payment.amountMinor) return answer(rejected(CAPTURE_REJECTED, "More than is authorized."))
  return (
    askAbout(begin(payment, "CAPTURE", amountMinor), "Capture") ??
    answer(unavailable("the capture cannot be asked for"))
  )
}

/** The outcome, if it is settled whether there is a capture. */
const finalOutcome = ({ operations, state }: Payment): Turn<Outcome> | undefined => {
  switch (state.status) {
    case "AUTHORIZED": {
      const { CAPTURE: capture } = operations
      return capture?.state === "REJECTED"
        ? answer(rejected(CAPTURE_REJECTED, capture.message ?? "The provider rejected the capture."))
        : undefined
    }
    case "CAPTURED":
      return answer(done)
    case "EXPIRED":
      return answer(rejected(AUTHORIZATION_EXPIRED, "The authorization has expired."))
    case "AUTHORIZING":
    case "DECLINED":
      return answer(rejected(CAPTURE_REJECTED, "The payment is not authorized."))
    case "VOIDED":
    case "REFUNDED":
      return answer(cancelled)
  }
}

import { done, type Outcome, runVector, runVectorInParts, type VectorParting, vectorParts } from "@valerix/saga"
import { Effect, Layer } from "effect"
import {
  type AuthorizeOutcome,
  type AuthorizePayment,
  type PaymentCommand,
  PaymentsCommands
} from "../contract/PaymentsCommands.ts"
import { paymentName } from "../domain/Payment.ts"
import { AuthorizePayments, type AuthorizeResult } from "./AuthorizePayments.ts"
import { CapturePayments } from "./CapturePayments.ts"
import { SettlePayments } from "./SettlePayments.ts"

/** The commands of an order's payment: the use cases, in vectors that never fail as a whole. */
export const layerPaymentsCommands = Layer.effect(
  PaymentsCommands,
  Effect.gen(function* () {
    const authorizing = yield* AuthorizePayments
    const capturing = yield* CapturePayments
    const settling = yield* SettlePayments

    return PaymentsCommands.of({
      authorize: Effect.fn("PaymentsCommands.authorize")((commands) =>
        Effect.map(
          Effect.forEach(vectorParts(commands, byPayment), (vector) => authorizeVector(authorizing, vector)),
          (outcomes) => outcomes.flat()
        )
      ),
      capture: Effect.fn("PaymentsCommands.capture")((commands) =>
        runVectorInParts(commands.map(plain), byPayment, capturing.run)
      ),
      settle: Effect.fn("PaymentsCommands.settle")((commands) =>
        runVectorInParts(commands.map(plain), byPayment, settling.run)
      )
    })
  })
)

/** As `runVector`, for outcomes of another kind: what it says of a failure is that nothing definite is known. */
const authorizeVector = Effect.fnUntraced(function* (
  authorizing: AuthorizePayments["Service"],
  vector: ReadonlyArray<AuthorizePayment>
) {
  const results = new Map<AuthorizePayment, AuthorizeOutcome>()
  const outcomes = yield* runVector(vector, (commands) =>
    Effect.map(authorizing.run(commands), (given) => {
      commands.forEach((command, index) => {
        const result = given[index]
        if (result !== undefined) results.set(command, outcomeOf(result))
      })
      return given.map(() => done)
    })
  )
  return vector.map((command, index) => results.get(command) ?? noOutcome(outcomes[index]))
})

/** Commands on the same payment follow each other. A payment is few rows, so their number alone bounds a part. */
const byPayment: VectorParting<PaymentCommand> = { nameOf: paymentName, rowsOf: () => 1 }

/** The command and no more: what else a caller's object carries is not taken for an option of the use case. */
const plain = ({ correlationId, epoch, generation, orderId, organizationId }: PaymentCommand): PaymentCommand => ({
  organizationId,
  orderId,
  generation,
  epoch,
  correlationId
})

/** Other terms than before are no answer to this order: it is to be settled, and nothing to be concluded from it. */
const outcomeOf = (result: AuthorizeResult): AuthorizeOutcome =>
  result._tag === "TermsDiffer"
    ? { _tag: "Unavailable", reason: "the payment was begun with another amount or currency" }
    : result

const noOutcome = (outcome: Outcome | undefined): AuthorizeOutcome => ({
  _tag: "Unavailable",
  reason: outcome !== undefined && "reason" in outcome ? outcome.reason : "the data of this command were refused"
})

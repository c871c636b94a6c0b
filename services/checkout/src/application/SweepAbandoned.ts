import { PaymentsCommands } from "@valerix/payments/contract"
import { Effect, Layer, Schedule } from "effect"
import { OrderLedger } from "./ports/OrderLedger.ts"

export interface SweepOptions {
  readonly intervalMs: number
  /** When a settlement that did not succeed is tried again. */
  readonly retryMs: number
  readonly batchMax: number
  readonly downstreamLimitMs: number
}

/** Undoes the authorizations that edges began and did not conclude, one batch; gives how many it took. */
export const sweepOnce = Effect.fnUntraced(function* (options: SweepOptions) {
  const ledger = yield* OrderLedger
  const payments = yield* PaymentsCommands
  const abandoned = yield* ledger.abandonExpired({ limit: options.batchMax, retryMs: options.retryMs })
  if (abandoned.length === 0) return 0
  const outcomes = yield* payments
    .settle(abandoned.map((authorization) => ({ ...authorization, epoch: 0 })))
    .pipe(Effect.timeout(options.downstreamLimitMs), Effect.orDie)
  yield* ledger.forgetSettled(abandoned.filter((_, index) => outcomes[index]?._tag === "Done"))
  yield* Effect.forEach(abandoned, ({ generation, orderId, organizationId }, index) => {
    const outcome = outcomes[index]?._tag ?? "no outcome"
    if (outcome === "Done") return Effect.void
    // What is rejected is tried again as well, but somebody has to look at it.
    const log = outcome === "Rejected" ? Effect.logError : Effect.logWarning
    return log("An abandoned authorization could not be settled yet", {
      organization_id: organizationId,
      order_id: orderId,
      generation,
      outcome
    })
  })
  return abandoned.length
})

/** Sweeps for as long as the scope is open. */
export const SweepAbandoned = (options: SweepOptions) =>
  Layer.effectDiscard(
    sweepOnce(options).pipe(
      Effect.repeat({ while: (count) => count === options.batchMax }),
      Effect.catchCause((cause) => Effect.logWarning("The sweep failed and will be tried again", cause)),
      Effect.repeat(Schedule.spaced(options.intervalMs)),
      Effect.forkScoped
    )
  )

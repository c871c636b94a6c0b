import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer, Option } from "effect"
import { type LedgerEntry, OrderLedger } from "./ports/OrderLedger.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"

export type Cancelled =
  /** It was asked for; the order turns back before its next step, or has begun to. */
  | { readonly _tag: "Requested"; readonly entry: LedgerEntry }
  | { readonly _tag: "AlreadyCancelled"; readonly entry: LedgerEntry }
  /** The order ended otherwise. */
  | { readonly _tag: "TooLate"; readonly entry: LedgerEntry }

/** Cancels an order for its customer, wherever its execution stands. Asking again changes nothing. */
export class CancelOrder extends Context.Service<
  CancelOrder,
  (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<Option.Option<Cancelled>>
>()("@valerix/checkout/CancelOrder") {
  static readonly layer = Layer.effect(
    CancelOrder,
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const wakeUp = yield* SagaWakeUp
      return (organizationId, orderId) => cancel(ledger, wakeUp, organizationId, orderId)
    })
  )
}

const cancel = Effect.fnUntraced(function* (
  ledger: OrderLedger["Service"],
  wakeUp: SagaWakeUp["Service"],
  organizationId: OrganizationId,
  orderId: OrderId
) {
  const result = Option.getOrUndefined(yield* ledger.requestCancel(organizationId, orderId))
  const entry = Option.getOrUndefined(yield* ledger.find(organizationId, orderId))
  if (result === undefined || entry === undefined) return Option.none<Cancelled>()
  if (result._tag === "Requested") {
    yield* wakeUp.wake
    return Option.some<Cancelled>({ _tag: "Requested", entry })
  }
  const wasCancelled = result.failure?.code === "cancelled_on_request"
  return Option.some<Cancelled>({ _tag: wasCancelled ? "AlreadyCancelled" : "TooLate", entry })
})

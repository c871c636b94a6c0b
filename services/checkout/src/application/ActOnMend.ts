import { InventoryCommands, StockRecount } from "@valerix/inventory/contract"
import { OrderId, type OrganizationId, ProductId } from "@valerix/money-and-ids"
import { OrdersCommands } from "@valerix/orders/contract"
import { PaymentsCommands } from "@valerix/payments/contract"
import type { Outcome } from "@valerix/saga"
import type { Finding, Tenant } from "@valerix/tenancy"
import { Effect, Option, Schema } from "effect"
import { keptParkedBy, recalledBy } from "../domain/Intervention.ts"
import type { Mend } from "../domain/Mend.ts"
import { orderAuthorized, orderEnded } from "./OrderEvents.ts"
import { LedgerRepairs } from "./ports/LedgerRepairs.ts"
import { type LedgerEntry, OrderLedger } from "./ports/OrderLedger.ts"
import { SagaOperations } from "./ports/SagaOperations.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"
import { Standstills } from "./ports/Standstills.ts"

/** What came of doing it. */
export type Acted =
  | { readonly _tag: "Done"; readonly what: string }
  /** It is not as it was seen: nothing was changed. */
  | { readonly _tag: "Moved" }
  /** It will never be done like this. */
  | { readonly _tag: "Refused"; readonly why: string }
  /** It was not done now. */
  | { readonly _tag: "Failed"; readonly why: string }

const DONE: Acted = { _tag: "Done", what: "" }
const MOVED: Acted = { _tag: "Moved" }
const ifSo = (isDone: boolean): Acted => (isDone ? DONE : MOVED)

const isOrderId = Schema.is(OrderId)
const isProductId = Schema.is(ProductId)

/**
 * The step of an order's execution that a repair stands for in its timeline; none where what is done writes its own entry.
 */
export const stepOfMend = (mend: Mend): string | undefined => STEPS[mend._tag]

const STEPS: Readonly<Record<Mend["_tag"], string | undefined>> = {
  PutBack: undefined,
  MakeDue: undefined,
  KeepParked: undefined,
  TurnBack: undefined,
  Dequeue: "queue",
  ForgetLease: "authorize",
  WriteEvents: "tell",
  Settle: "settle",
  Release: "release",
  Cancel: "cancel",
  Confirm: "confirm",
  Capture: "capture",
  Recount: "recount"
}

export interface By extends Tenant {
  readonly reason: string
}

/** Does what mends a finding. Each does nothing to what is not as it was found. */
export const makeActOnMend = Effect.gen(function* () {
  const repairs = yield* LedgerRepairs
  const ledger = yield* OrderLedger
  const sagas = yield* SagaOperations
  const standstills = yield* Standstills
  const wakeUp = yield* SagaWakeUp
  const orders = yield* OrdersCommands
  const inventory = yield* InventoryCommands
  const payments = yield* PaymentsCommands
  const recount = yield* StockRecount

  const onExecution = Effect.fnUntraced(function* (
    orderId: OrderId,
    mend: Extract<Mend, { readonly version: string }>,
    { organizationId, principal, reason }: By
  ) {
    const seen = { orderId, version: mend.version }
    if (mend._tag === "TurnBack") {
      const intervention = { action: "compensate", principal, reason } as const
      const [result] = yield* sagas.intervene(organizationId, [seen], intervention)
      return result?._tag === "Applied"
    }
    const change = mend._tag === "MakeDue" ? recalledBy : keptParkedBy
    return yield* repairs.intervene(organizationId, seen, (execution) => change(execution, principal, reason))
  })

  /** The events of what the order came to are written as they would have been. */
  const writeEvents = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
    const entry = Option.getOrUndefined(yield* ledger.find(organizationId, orderId))
    if (entry === undefined) return MOVED
    return ifSo(yield* repairs.appendMissing(organizationId, orderId, entry.status, eventsOf(entry)))
  })

  const ofOrder = Effect.fnUntraced(function* (mend: Exclude<Mend, { _tag: "Recount" }>, orderId: OrderId, by: By) {
    const { organizationId, principal, reason } = by
    const command = (epoch: number) => ({ organizationId, orderId, epoch, correlationId: undefined })
    switch (mend._tag) {
      case "PutBack": {
        const moved = yield* standstills.putBack(organizationId, [orderId], 0, { principal, reason })
        if (moved.length > 0) yield* wakeUp.wake
        return ifSo(moved.length > 0)
      }
      case "MakeDue":
      case "KeepParked":
      case "TurnBack": {
        const isDone = yield* onExecution(orderId, mend, by)
        if (isDone) yield* wakeUp.wake
        return ifSo(isDone)
      }
      case "Dequeue":
        return ifSo(yield* repairs.dequeue(organizationId, orderId))
      case "ForgetLease":
        return ifSo(yield* repairs.forgetLease(organizationId, orderId))
      case "WriteEvents":
        return yield* writeEvents(organizationId, orderId)
      case "Settle": {
        const { epoch, generations } = mend
        return actedOf(yield* payments.settle(generations.map((generation) => ({ ...command(epoch), generation }))))
      }
      case "Capture":
        return actedOf(yield* payments.capture([{ ...command(mend.epoch), generation: mend.generation }]))
      case "Release":
        return actedOf(yield* inventory.release([command(mend.epoch)]))
      case "Cancel":
        return actedOf(yield* orders.cancel([command(mend.epoch)]))
      case "Confirm":
        return actedOf(yield* orders.confirm([command(mend.epoch)]))
    }
  })

  return Effect.fnUntraced(function* (mend: Mend, { subject }: Finding, by: By): Effect.fn.Return<Acted> {
    if (mend._tag !== "Recount") return isOrderId(subject) ? yield* ofOrder(mend, subject, by) : MOVED
    if (!isProductId(subject)) return MOVED
    const recounted = yield* recount(by.organizationId, subject)
    switch (recounted._tag) {
      case "Corrected":
        return { _tag: "Done", what: recounted.what }
      case "Sound":
        return MOVED
      case "Unclear":
        return { _tag: "Refused", why: recounted.why }
    }
  })
})

/** The worst of what the participant answered; a fence that was newer says that the order has moved. */
const actedOf = (outcomes: ReadonlyArray<Outcome>): Acted => {
  for (const outcome of outcomes) {
    switch (outcome._tag) {
      case "Done":
        break
      case "Cancelled":
        return MOVED
      case "Rejected":
        return { _tag: "Refused", why: outcome.message }
      case "Unavailable":
      case "NotSent":
        return { _tag: "Failed", why: `No definite answer: ${outcome.reason}.` }
    }
  }
  return DONE
}

const eventsOf = (entry: LedgerEntry) => {
  const { failure, paymentAuthorizationId: authorizationId, status } = entry
  return [
    ...(authorizationId === undefined ? [] : [orderAuthorized({ ...entry, authorizationId }, entry)]),
    ...(status === "COMPLETED" ? [orderEnded(entry, { _tag: "Completed" })] : []),
    ...(status === "FAILED" ? [orderEnded(entry, { _tag: "Failed", failure })] : [])
  ]
}

import { OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { PaymentsAudit } from "@valerix/payments/contract"
import type { Finding } from "@valerix/tenancy"
import { Effect, Option, Schema } from "effect"
import type { Execution } from "../domain/Execution.ts"
import {
  cancelOf,
  confirmOf,
  dueOf,
  forAPerson,
  keptParkedOf,
  type Mend,
  mending,
  type Proposal,
  paymentOf,
  putBackOf,
  releaseOf,
  type SeenOrder,
  turnedBackOf
} from "../domain/Mend.ts"
import { makeSeeEverywhere } from "./CheckAcrossServices.ts"
import { LedgerAudit } from "./ports/LedgerAudit.ts"
import { SagaOperations } from "./ports/SagaOperations.ts"
import { adviceOn } from "./RepairAdvice.ts"

const isOrderId = Schema.is(OrderId)

/** Later than any epoch that a participant has seen of an order that the ledger does not have: its fence stays shut. */
const LAST_EPOCH = 2_147_483_647

/** What mends a finding, by the order as the ledger and the others have it. */
const BY_ORDER: Readonly<Record<string, (seen: SeenOrder) => Proposal | undefined>> = {
  order_in_limbo: ({ order }) => putBackOf(order),
  completed_without_confirmation: confirmOf,
  completed_without_capture: (seen) => paymentOf(seen, isPresent(seen)),
  provider_disagrees: (seen) => paymentOf(seen, ({ status }) => MOVABLE.has(status)),
  operation_unresolved: (seen) => paymentOf(seen, ({ isUnresolved }) => isUnresolved),
  authorization_left_open: (seen) => paymentOf(seen, ({ status }) => OPEN.has(status)),
  failed_with_capture: (seen) => paymentOf(seen, ({ status }) => status === "CAPTURED"),
  failed_with_stock: releaseOf,
  stock_held_after_release: releaseOf,
  failed_with_sales_order: cancelOf,
  order_active_after_cancel: cancelOf
}

/** What mends a finding, by the order's execution. */
const BY_EXECUTION: Readonly<Record<string, (execution: Execution) => Proposal | undefined>> = {
  order_stuck: dueOf,
  parked_without_reason: keptParkedOf,
  settled_going_forward: turnedBackOf
}

/** What mends a finding whatever stands where: whether it is still so is looked at under lock. */
const PLAIN: Readonly<Record<string, readonly [mend: Mend, what: string]>> = {
  queue_contradicts_ledger: [{ _tag: "Dequeue" }, "take it out of the queue; it stays as the ledger has it"],
  queued_without_order: [{ _tag: "Dequeue" }, "take it out of the queue; a ledger that is restored puts it back"],
  lease_contradicts_ledger: [
    { _tag: "ForgetLease" },
    "take the lease away, so that the sweep leaves the payment alone"
  ],
  lease_without_order: [{ _tag: "ForgetLease" }, "take the lease away; a ledger that is restored puts it back"],
  event_missing: [{ _tag: "WriteEvents" }, "write the event that is missing"],
  on_hand_mismatch: [{ _tag: "Recount" }, "count the balance again from its movements, if none is missing"],
  reserved_mismatch: [{ _tag: "Recount" }, "count what is reserved again from the active reservations"],
  balance_out_of_bounds: [{ _tag: "Recount" }, "count the balance again from its movements and active reservations"]
}

const OPEN: ReadonlySet<string> = new Set(["AUTHORIZING", "AUTHORIZED"])
/** What the provider can still be asked about. */
const MOVABLE: ReadonlySet<string> = new Set(["AUTHORIZING", "AUTHORIZED", "CAPTURED"])

const isPresent =
  ({ order }: SeenOrder) =>
  ({ generation }: { readonly generation: number }): boolean =>
    generation === order.generation

/** Says what would mend a finding as things stand now. It changes nothing. */
export const makeProposeRepair = Effect.gen(function* () {
  const ledger = yield* LedgerAudit
  const sagas = yield* SagaOperations
  const payments = yield* PaymentsAudit
  const see = yield* makeSeeEverywhere

  /** What is left of an order that the ledger does not have. */
  const leftoverOf = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId, code: string) {
    if (code === "sales_order_without_order") return { _tag: "Cancel", epoch: LAST_EPOCH } satisfies Mend
    if (code === "reservation_without_order") return { _tag: "Release", epoch: LAST_EPOCH } satisfies Mend
    if (code !== "payment_without_order") return undefined
    const [booked] = yield* payments.paymentsOf(organizationId, [orderId])
    const generations = booked?.payments.map(({ generation }) => generation) ?? []
    return { _tag: "Settle", generations, epoch: LAST_EPOCH } satisfies Mend
  })

  return Effect.fnUntraced(function* ({ code, organizationId, subject }: Finding) {
    const advice = adviceOn(code)
    const plain = PLAIN[code]
    if (plain !== undefined) return mending(...plain)
    if (!isOrderId(subject)) return forAPerson(advice)
    const byOrder = BY_ORDER[code]
    if (byOrder !== undefined) {
      const order = yield* ledger.order(organizationId, subject)
      const [seen] = order === undefined ? [] : yield* see(organizationId, [order])
      const proposal = seen && byOrder({ order: { ...seen.order, organizationId }, elsewhere: seen.elsewhere })
      return proposal ?? forAPerson(advice)
    }
    const byExecution = BY_EXECUTION[code]
    if (byExecution !== undefined) {
      const execution = Option.getOrUndefined(yield* sagas.find(organizationId, subject))
      return (execution && byExecution(execution)) ?? forAPerson(advice)
    }
    const mend: Mend | undefined = yield* leftoverOf(organizationId, subject, code)
    const proposal: Proposal = { mend, what: advice, isOnlyByName: mend !== undefined }
    return proposal
  })
})

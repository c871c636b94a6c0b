import { TemporarilyUnavailable } from "@valerix/http/contract"
import type { OrderId } from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Effect, Option, Schema } from "effect"
import {
  InvalidStatusTransitionProblem,
  OrderCancelledProblem,
  OrderRefusedProblem,
  OrderTotalMismatchProblem,
  SalesOrderNotFoundProblem
} from "../../contract/OrderProblems.ts"
import { SalesOrderStatusName } from "../../contract/SalesOrderSchemas.ts"

type Rejected = Extract<Outcome, { readonly _tag: "Rejected" }>

const readTransition = Schema.decodeUnknownOption(
  Schema.Struct({ current_status: SalesOrderStatusName, attempted_status: SalesOrderStatusName })
)
const readTotals = Schema.decodeUnknownOption(Schema.Struct({ stated_minor: Schema.Int, calculated_minor: Schema.Int }))

/** Succeeds when an order is created, and fails with the problem that any other outcome is to an HTTP caller. */
export const createdOrProblem = (orderId: OrderId, outcome: Outcome | undefined) =>
  doneOrProblem(orderId, outcome, ({ code, details, message: detail }) => {
    const totals = readTotals(details)
    if (code !== "order_total_mismatch" || Option.isNone(totals)) return new OrderRefusedProblem({ detail })
    const { calculated_minor: calculated_amount_cents, stated_minor: stated_amount_cents } = totals.value
    return new OrderTotalMismatchProblem({ detail, stated_amount_cents, calculated_amount_cents })
  })

/** Succeeds when an order has its new status, and fails with the problem that any other outcome is to an HTTP caller. */
export const movedOrProblem = (orderId: OrderId, outcome: Outcome | undefined) =>
  doneOrProblem(orderId, outcome, ({ code, details, message: detail }) => {
    if (code === "order_not_found") return new SalesOrderNotFoundProblem({ order_id: orderId })
    const transition = readTransition(details)
    if (code !== "invalid_status_transition" || Option.isNone(transition)) return new OrderRefusedProblem({ detail })
    return new InvalidStatusTransitionProblem({ detail, ...transition.value })
  })

const doneOrProblem = <P>(
  orderId: OrderId,
  outcome: Outcome | undefined,
  ofRejection: (rejected: Rejected) => P
): Effect.Effect<void, P | OrderCancelledProblem | TemporarilyUnavailable> => {
  switch (outcome?._tag) {
    case "Done":
      return Effect.void
    case "Cancelled":
      return Effect.fail(new OrderCancelledProblem({ order_id: orderId }))
    case "Rejected":
      return Effect.fail(ofRejection(outcome))
    case "NotSent":
    case "Unavailable":
    case undefined:
      return Effect.fail(new TemporarilyUnavailable())
  }
}

import { Problem } from "@valerix/http/contract"
import { OrderId } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { SalesOrderStatusName } from "./SalesOrderSchemas.ts"

export class SalesOrderNotFoundProblem extends Problem<SalesOrderNotFoundProblem>()("SalesOrderNotFoundProblem", {
  code: "not_found",
  status: 404,
  title: "There is no such order.",
  members: { order_id: OrderId }
}) {}

export class InvalidStatusTransitionProblem extends Problem<InvalidStatusTransitionProblem>()(
  "InvalidStatusTransitionProblem",
  {
    code: "invalid_status_transition",
    status: 409,
    title: "The order cannot go from its status to this one.",
    members: { current_status: SalesOrderStatusName, attempted_status: SalesOrderStatusName }
  }
) {}

/** The order was cancelled before it came, or a newer epoch spoke for it: this request never changes anything. */
export class OrderCancelledProblem extends Problem<OrderCancelledProblem>()("OrderCancelledProblem", {
  code: "order_cancelled",
  status: 409,
  title: "The order can no longer be changed by this request.",
  members: { order_id: OrderId }
}) {}

export class OrderTotalMismatchProblem extends Problem<OrderTotalMismatchProblem>()("OrderTotalMismatchProblem", {
  code: "order_total_mismatch",
  status: 400,
  title: "The total is not the sum of the order's items.",
  members: { stated_amount_cents: Schema.Int, calculated_amount_cents: Schema.Int }
}) {}

/** The order breaks a rule of every order, or the database refused it; a repetition is refused as well. */
export class OrderRefusedProblem extends Problem<OrderRefusedProblem>()("OrderRefusedProblem", {
  code: "invalid_data",
  status: 422,
  title: "The order cannot be kept as it is."
}) {}

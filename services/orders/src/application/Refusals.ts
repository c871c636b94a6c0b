import { type Outcome, rejected } from "@valerix/saga"
import type { OrderInvalid, OrderTotalMismatch } from "../domain/NewOrder.ts"
import type { InvalidStatusTransition } from "../domain/OrderStatus.ts"
import type { SalesOrderNotFound } from "../domain/SalesOrder.ts"

/** How a command that breaks a rule of the orders is answered. */
export const refusal = (
  reason: OrderInvalid | OrderTotalMismatch | InvalidStatusTransition | SalesOrderNotFound
): Outcome => {
  switch (reason._tag) {
    case "OrderInvalid":
      return rejected("invalid_data", reason.rule)
    case "OrderTotalMismatch":
      return rejected("order_total_mismatch", "The total is not the sum of the order's lines and adjustments.", {
        stated_minor: reason.statedMinor,
        calculated_minor: reason.calculatedMinor
      })
    case "InvalidStatusTransition":
      return rejected("invalid_status_transition", `A ${reason.current} order cannot become ${reason.attempted}.`, {
        current_status: reason.current,
        attempted_status: reason.attempted
      })
    case "SalesOrderNotFound":
      return rejected("order_not_found", "There is no such order.", { order_id: reason.orderId })
  }
}

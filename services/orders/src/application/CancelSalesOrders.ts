import { done } from "@valerix/saga"
import { Effect } from "effect"
import { makeMoveSalesOrders } from "./MoveSalesOrders.ts"
import { orderCancelled } from "./SalesOrderEvents.ts"

/**
 * Cancels a vector of sales orders. The fence that it leaves keeps out a create that comes later, so an order that is
 * not there is done with as well. See OrdersCommands.cancel.
 */
export const makeCancelSalesOrders = Effect.map(makeMoveSalesOrders, (move) =>
  Effect.fn("CancelSalesOrders")(
    move({ to: "CANCELLED", pass: "undo", event: orderCancelled, whenNotThere: () => done })
  )
)

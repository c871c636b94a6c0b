import { Effect } from "effect"
import { SalesOrderNotFound } from "../domain/SalesOrder.ts"
import { makeMoveSalesOrders } from "./MoveSalesOrders.ts"
import { refusal } from "./Refusals.ts"
import { orderConfirmed } from "./SalesOrderEvents.ts"

/** Confirms a vector of sales orders: stock is reserved and the money captured. See OrdersCommands.confirm. */
export const makeConfirmSalesOrders = Effect.map(makeMoveSalesOrders, (move) =>
  Effect.fn("ConfirmSalesOrders")(
    move({
      to: "CONFIRMED",
      pass: "admit",
      event: orderConfirmed,
      whenNotThere: (orderId) => refusal(new SalesOrderNotFound({ orderId }))
    })
  )
)

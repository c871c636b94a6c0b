import { Effect, Layer } from "effect"
import { OrdersCommands } from "../contract/OrdersCommands.ts"
import { makeCancelSalesOrders } from "./CancelSalesOrders.ts"
import { makeConfirmSalesOrders } from "./ConfirmSalesOrders.ts"
import { makeCreateSalesOrders } from "./CreateSalesOrders.ts"

/** The commands of an order's execution, each in a file of its own. */
export const layerOrdersCommands = Layer.effect(
  OrdersCommands,
  Effect.gen(function* () {
    return OrdersCommands.of({
      create: yield* makeCreateSalesOrders,
      confirm: yield* makeConfirmSalesOrders,
      cancel: yield* makeCancelSalesOrders
    })
  })
)

import { InventoryCommands } from "@valerix/inventory/contract"
import { OrdersCommands } from "@valerix/orders/contract"
import { PaymentsCommands } from "@valerix/payments/contract"
import { Context, Effect, Layer } from "effect"

/** What the participants are asked by checkout. */
export interface ParticipantCommands {
  readonly orders: OrdersCommands["Service"]
  readonly inventory: InventoryCommands["Service"]
  readonly payments: PaymentsCommands["Service"]
}

/** The participants, with something put around their commands. */
export const layerAroundCommands = <A, E, R>(
  participants: Layer.Layer<A | OrdersCommands | InventoryCommands | PaymentsCommands, E, R>,
  around: (commands: ParticipantCommands) => ParticipantCommands
) =>
  Layer.unwrap(
    Effect.map(Layer.build(participants), (context) => {
      const { inventory, orders, payments } = around({
        orders: Context.get(context, OrdersCommands),
        inventory: Context.get(context, InventoryCommands),
        payments: Context.get(context, PaymentsCommands)
      })
      return Layer.succeedContext(
        context.pipe(
          Context.add(OrdersCommands, orders),
          Context.add(InventoryCommands, inventory),
          Context.add(PaymentsCommands, payments)
        )
      )
    })
  )

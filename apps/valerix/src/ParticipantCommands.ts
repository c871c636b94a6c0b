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

type Commands = OrdersCommands | InventoryCommands | PaymentsCommands

/** The commands that are given to it, with something put around them. */
export const layerCommandsAround = (
  around: (commands: ParticipantCommands) => ParticipantCommands
): Layer.Layer<Commands, never, Commands> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { inventory, orders, payments } = around({
        orders: yield* OrdersCommands,
        inventory: yield* InventoryCommands,
        payments: yield* PaymentsCommands
      })
      return Context.make(OrdersCommands, orders).pipe(
        Context.add(InventoryCommands, inventory),
        Context.add(PaymentsCommands, payments)
      )
    })
  )

/** The participants, with something put around their commands. */
export const layerAroundCommands = <A, E, R>(
  participants: Layer.Layer<A | Commands, E, R>,
  around: (commands: ParticipantCommands) => ParticipantCommands
) => layerCommandsAround(around).pipe(Layer.provideMerge(participants))

import { InventoryCommands, ProductCatalogue } from "@valerix/inventory/contract"
import { OrdersCommands } from "@valerix/orders/contract"
import { PaymentsCommands } from "@valerix/payments/contract"
import { Context, Effect, Layer } from "effect"
import { ScriptedCatalogue } from "./ScriptedCatalogue.ts"
import { ScriptedInventory } from "./ScriptedInventory.ts"
import { ScriptedOrders } from "./ScriptedOrders.ts"
import { ScriptedPayments } from "./ScriptedPayments.ts"

/** The other services, in memory: what they hold can be looked at, and what they do wrong can be planned. */
export class Participants extends Context.Service<
  Participants,
  {
    readonly payments: ScriptedPayments
    readonly orders: ScriptedOrders
    readonly inventory: ScriptedInventory
    readonly catalogue: ScriptedCatalogue
  }
>()("@valerix/checkout/test/Participants") {}

const Scripted = Layer.sync(Participants, () => ({
  payments: new ScriptedPayments(),
  orders: new ScriptedOrders(),
  inventory: new ScriptedInventory(),
  catalogue: new ScriptedCatalogue()
}))

/** The contracts of orders, inventory and payments. */
export const layerParticipants = Layer.mergeAll(
  Layer.effect(
    PaymentsCommands,
    Effect.map(Participants, ({ payments }) => payments.commands)
  ),
  Layer.effect(
    OrdersCommands,
    Effect.map(Participants, ({ orders }) => orders.commands)
  ),
  Layer.effect(
    InventoryCommands,
    Effect.map(Participants, ({ inventory }) => inventory.commands)
  ),
  Layer.effect(
    ProductCatalogue,
    Effect.map(Participants, ({ catalogue }) => catalogue.queries)
  )
).pipe(Layer.provideMerge(Scripted))

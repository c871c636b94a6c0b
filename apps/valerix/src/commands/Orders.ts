import { Command } from "effect/cli"
import { layerAsking } from "../client/ValerixClient.ts"
import { listOrdersCommand } from "./orders/ListOrders.ts"
import { placeOrderCommand } from "./orders/PlaceOrder.ts"
import { showOrderCommand } from "./orders/ShowOrder.ts"

/** Orders, as a shop sees them: through the API of a Valerix that runs, here or elsewhere. */
export const ordersCommand = Command.make("orders").pipe(
  Command.withDescription("List, show and place orders at a Valerix that runs"),
  Command.withSubcommands([listOrdersCommand, showOrderCommand, placeOrderCommand]),
  Command.withExamples([
    { command: "valerix orders list --status FAILED", description: "What has failed lately" },
    { command: "valerix orders place --item PROD-001:2 --wait", description: "Place an order, and see it executed" }
  ]),
  Command.provide(layerAsking)
)

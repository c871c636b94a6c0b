import { Command } from "effect/cli"
import { listOrdersCommand } from "./orders/ListCommand.ts"
import { placeOrderCommand } from "./orders/PlaceCommand.ts"
import { showOrderCommand } from "./orders/ShowCommand.ts"

/** Orders, as a shop sees them: through the API of a Valerix that runs, here or elsewhere. */
export const ordersCommand = Command.make("orders").pipe(
  Command.withDescription("List, show and place orders at a Valerix that runs"),
  Command.withSubcommands([listOrdersCommand, showOrderCommand, placeOrderCommand]),
  Command.withExamples([
    { command: "valerix orders list --status FAILED", description: "What has failed lately" },
    { command: "valerix orders place --item PROD-001:2 --wait", description: "Place an order, and see it executed" }
  ])
)

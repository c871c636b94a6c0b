import { Command } from "effect/cli"
import { createProductCommand } from "./products/CreateCommand.ts"
import { listProductsCommand } from "./products/ListCommand.ts"
import { receiveStockCommand } from "./products/ReceiveCommand.ts"

/** Products and their stock, through the API of a Valerix that runs, here or elsewhere. */
export const productsCommand = Command.make("products").pipe(
  Command.withDescription("List and make products at a Valerix that runs, and book what comes in"),
  Command.withSubcommands([listProductsCommand, createProductCommand, receiveStockCommand]),
  Command.withExamples([
    { command: "valerix products list", description: "The latest products, with their stock" },
    { command: "valerix products receive PROD-001 50", description: "Book a delivery" }
  ])
)

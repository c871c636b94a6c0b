import { Command } from "effect/cli"
import { layerAsking } from "../client/ValerixClient.ts"
import { createProductCommand } from "./products/CreateProduct.ts"
import { listProductsCommand } from "./products/ListProducts.ts"
import { receiveStockCommand } from "./products/ReceiveStock.ts"

/** Products and their stock, through the API of a Valerix that runs, here or elsewhere. */
export const productsCommand = Command.make("products").pipe(
  Command.withDescription("List and make products at a Valerix that runs, and book what comes in"),
  Command.withSubcommands([listProductsCommand, createProductCommand, receiveStockCommand]),
  Command.withExamples([
    { command: "valerix products list", description: "The latest products, with their stock" },
    { command: "valerix products receive PROD-001 50", description: "Book a delivery" }
  ]),
  Command.provide(layerAsking)
)

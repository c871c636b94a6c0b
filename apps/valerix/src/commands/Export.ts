import { OrganizationId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Command, Flag } from "effect/cli"
import { whenRun } from "./WhenRun.ts"

const flags = {
  organization: Flag.String("organization").pipe(
    Flag.withSchema(OrganizationId),
    Flag.withDescription("Whose; the demo organization's by default"),
    Flag.withDefault(DEMO_ORGANIZATION_ID)
  ),
  out: Flag.File("out").pipe(Flag.withDescription("The file to write; standard output by default"), Flag.optional),
  format: Flag.Literals("format", ["csv", "ndjson"]).pipe(
    Flag.withDescription("The format; what the file's name says by default, and CSV where that says nothing"),
    Flag.optional
  )
}

const exportingCommand = (name: "orders" | "products" | "balances") =>
  Command.make(
    name,
    flags,
    whenRun(async () => (await import("../export/ExportFile.ts")).exportFile(name))
  )

const orders = exportingCommand("orders").pipe(
  Command.withDescription("Write orders, oldest first, as valerix import orders reads them"),
  Command.withExamples([{ command: "valerix export orders --out orders.csv", description: "All orders into a file" }])
)
const products = exportingCommand("products").pipe(
  Command.withDescription("Write products with what is on hand, as valerix import products reads them"),
  Command.withExamples([
    { command: "valerix export products --out products.ndjson", description: "All products, as NDJSON" }
  ])
)
const balances = exportingCommand("balances").pipe(
  Command.withDescription("Write what there is of each product at each location"),
  Command.withExamples([{ command: "valerix export balances", description: "The stock, on standard output" }])
)

export const exportCommand = Command.make("export").pipe(
  Command.withDescription("Write orders, products and stock to files"),
  Command.withSubcommands([orders, products, balances]),
  Command.withExamples([{ command: "valerix export orders --out orders.csv", description: "All orders into a file" }])
)

import { OrganizationId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Argument, Command, Flag } from "effect/cli"
import { jsonFlag } from "../terminal/Json.ts"
import { whenRun } from "./WhenRun.ts"

const file = Argument.File("file").pipe(Argument.withDescription("The file, compressed with gzip or not"))

const flags = {
  organization: Flag.String("organization").pipe(
    Flag.withSchema(OrganizationId),
    Flag.withDescription("Whose the orders and products are; the demo organization's by default"),
    Flag.withDefault(DEMO_ORGANIZATION_ID)
  ),
  notImported: Flag.File("not-imported").pipe(
    Flag.withDescription("Where rows that are not imported are listed; <file>.not-imported in this folder by default"),
    Flag.optional
  ),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withoutNegation,
    Flag.withDescription("Say what would be, and change nothing"),
    Flag.withDefault(false)
  ),
  json: jsonFlag("the report, one JSON document")
}

const format = Flag.Literals("format", ["csv", "ndjson"]).pipe(
  Flag.withDescription("The format of the file; what its name says by default, and CSV where that says nothing"),
  Flag.optional
)

const retail = Command.make(
  "retail",
  { file, ...flags },
  whenRun(async () => (await import("../import/ImportFile.ts")).importRetailFile)
).pipe(
  Command.withDescription(
    "Replay the sales of a real retailer (UCI Online Retail), an order per invoice, in time order"
  ),
  Command.withExamples([
    {
      command: "valerix import retail online-retail.csv.gz",
      description: "Products and opening stock first, then the orders; stopped, it goes on when it is started again"
    }
  ])
)

const ownCommand = (name: "orders" | "products") =>
  Command.make(
    name,
    { file, format, ...flags },
    whenRun(async () => (await import("../import/ImportFile.ts")).importOwnFile(name))
  )

const orders = ownCommand("orders").pipe(
  Command.withDescription("Place the orders of a file, CSV or NDJSON"),
  Command.withExamples([
    { command: "valerix import orders orders.csv --dry-run", description: "Say what would be, and list every bad row" },
    { command: "valerix import orders orders.ndjson.gz", description: "Place them, each once under its key" }
  ])
)

const products = ownCommand("products").pipe(
  Command.withDescription("Bring the products of a file into the catalogue by their SKUs, CSV or NDJSON"),
  Command.withExamples([
    { command: "valerix import products products.csv", description: "Add what is new, change what is there" }
  ])
)

export const importCommand = Command.make("import").pipe(
  Command.withDescription("Bring in orders and products from files"),
  Command.withSubcommands([retail, orders, products]),
  Command.withExamples([
    { command: "valerix import products products.csv", description: "Products of a file of your own" }
  ])
)

import { OrganizationId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { exportBalances, exportOrders, exportProducts } from "../export/ExportRows.ts"
import { writeExport } from "../export/WriteExport.ts"
import { formatOf } from "../import/own/OwnRows.ts"
import { withStored } from "../import/WithDatabases.ts"

const flags = {
  organization: Flag.String("organization").pipe(
    Flag.withSchema(OrganizationId),
    Flag.withDescription("Whose; the demo organization's by default"),
    Flag.withDefault(DEMO_ORGANIZATION_ID)
  ),
  out: Flag.String("out").pipe(Flag.withDescription("The file to write; standard output by default"), Flag.optional),
  format: Flag.Literals("format", ["csv", "ndjson"]).pipe(
    Flag.withDescription("The format; what the file's name says by default, and CSV where that says nothing"),
    Flag.optional
  )
}

const exportingCommand = (
  name: "orders" | "products" | "balances",
  exporting: typeof exportOrders | typeof exportProducts | typeof exportBalances
) =>
  Command.make(
    name,
    flags,
    Effect.fn(`valerix export ${name}`)(function* (options) {
      const path = Option.getOrUndefined(options.out)
      const format = Option.getOrElse(options.format, () => formatOf(path ?? ""))
      yield* withStored(
        Effect.gen(function* () {
          const rows = yield* writeExport(yield* exporting(options.organization), format, path)
          if (path !== undefined) yield* Console.error(`${rows} rows written to ${path}`)
        })
      )
    })
  )

const orders = exportingCommand("orders", exportOrders).pipe(
  Command.withDescription("Write orders, oldest first, as valerix import orders reads them"),
  Command.withExamples([{ command: "valerix export orders --out orders.csv", description: "All orders into a file" }])
)
const products = exportingCommand("products", exportProducts).pipe(
  Command.withDescription("Write products with what is on hand, as valerix import products reads them"),
  Command.withExamples([
    { command: "valerix export products --out products.ndjson", description: "All products, as NDJSON" }
  ])
)
const balances = exportingCommand("balances", exportBalances).pipe(
  Command.withDescription("Write what there is of each product at each location"),
  Command.withExamples([{ command: "valerix export balances", description: "The stock, on standard output" }])
)

export const exportCommand = Command.make("export").pipe(
  Command.withDescription("Write orders, products and stock to files"),
  Command.withSubcommands([orders, products, balances]),
  Command.withExamples([{ command: "valerix export orders --out orders.csv", description: "All orders into a file" }])
)

import { resolve } from "node:path"
import { OrganizationId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Console, Data, Effect, Option, Runtime } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { openSource, type SourceFile } from "../import/files/SourceFile.ts"
import { type ImportReport, isAccountedFor, reportJson, reportLines } from "../import/ImportReport.ts"
import { importOrders } from "../import/own/ImportOrders.ts"
import { importProducts } from "../import/own/ImportProducts.ts"
import { formatOf } from "../import/own/OwnRows.ts"
import { importRetail } from "../import/retail/ImportRetail.ts"
import type { ImportOptions } from "../import/ThroughFile.ts"
import { EXIT, UsageError } from "../terminal/ExitCodes.ts"
import { jsonFlag } from "../terminal/Json.ts"

/** Not every row came in; what did not is told and listed. */
export class NotAllImported extends Data.TaggedError("NotAllImported")<{ readonly message: string }> {}

/** Some orders were placed and have not ended, or could not be placed by now. */
export class ImportUnfinished extends Data.TaggedError("ImportUnfinished") {
  override readonly [Runtime.errorExitCode] = EXIT.UNFINISHED
  override get message(): string {
    return "Some orders have not ended. Run the same command again to go on."
  }
}

const file = Argument.String("file").pipe(Argument.withDescription("The file, compressed with gzip or not"))

const flags = {
  organization: Flag.String("organization").pipe(
    Flag.withSchema(OrganizationId),
    Flag.withDescription("Whose the orders and products are; the demo organization's by default"),
    Flag.withDefault(DEMO_ORGANIZATION_ID)
  ),
  notImported: Flag.String("not-imported").pipe(
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

/** Reasons that the next run may find gone. */
const PASSING: ReadonlyArray<string> = ["not_placed", "order_unfinished"]

/** Prints the report; fails when not all came in that could. `isClean`: every row is expected to. */
const conclude = Effect.fnUntraced(function* (report: ImportReport, isJson: boolean, isClean: boolean) {
  yield* Console.log(isJson ? JSON.stringify(reportJson(report), undefined, 2) : reportLines(report).join("\n"))
  if (!isAccountedFor(report)) {
    return yield* new NotAllImported({ message: "Not every row is accounted for. This is a mistake in Valerix." })
  }
  const { notImported } = report.tally
  if (PASSING.some((reason) => notImported[reason] !== undefined)) {
    return yield* new ImportUnfinished()
  }
  if (isClean && Object.keys(notImported).length > 0) {
    return yield* new NotAllImported({ message: `Not all rows are imported: see ${report.notImportedPath}.` })
  }
})

const optionsOf = Effect.fnUntraced(function* (
  given: {
    readonly organization: OrganizationId
    readonly notImported: Option.Option<string>
    readonly dryRun: boolean
  },
  { name, path }: SourceFile,
  extension: "csv" | "ndjson"
): Effect.fn.Return<ImportOptions, UsageError> {
  const list = Option.getOrElse(
    given.notImported,
    () => `${name.replace(/(\.(csv|ndjson|jsonl))?(\.gz)?$/i, "")}.not-imported.${extension}`
  )
  if (resolve(list) === path) {
    return yield* new UsageError({
      message: "--not-imported names the file that is to be imported, and would write over it. Name another one."
    })
  }
  return { organizationId: given.organization, notImportedPath: list, isDryRun: given.dryRun }
})

const retail = Command.make(
  "retail",
  { file, ...flags },
  Effect.fn("valerix import retail")(function* (options) {
    const source = yield* openSource(options.file)
    const report = yield* importRetail(source, yield* optionsOf(options, source, "csv"))
    yield* conclude(report, options.json, false)
  })
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

const ownCommand = (name: "orders" | "products", importing: typeof importOrders | typeof importProducts) =>
  Command.make(
    name,
    { file, format, ...flags },
    Effect.fn(`valerix import ${name}`)(function* (options) {
      const source = yield* openSource(options.file)
      const chosen = Option.getOrElse(options.format, () => formatOf(source.name))
      const report = yield* importing(source, chosen, yield* optionsOf(options, source, chosen))
      yield* conclude(report, options.json, true)
    })
  )

const orders = ownCommand("orders", importOrders).pipe(
  Command.withDescription("Place the orders of a file, CSV or NDJSON"),
  Command.withExamples([
    { command: "valerix import orders orders.csv --dry-run", description: "Say what would be, and list every bad row" },
    { command: "valerix import orders orders.ndjson.gz", description: "Place them, each once under its key" }
  ])
)

const products = ownCommand("products", importProducts).pipe(
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

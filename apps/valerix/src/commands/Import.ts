import { OrganizationId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Console, Data, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { openSource } from "../import/files/SourceFile.ts"
import { type ImportReport, isAccountedFor, reportJson, reportLines } from "../import/ImportReport.ts"
import { importRetail } from "../import/retail/ImportRetail.ts"

/** What was to be imported was not all imported; what was not is told. */
export class ImportIncomplete extends Data.TaggedError("ImportIncomplete")<{ readonly message: string }> {}

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
    Flag.withDescription("Say what would be, and change nothing"),
    Flag.withDefault(false)
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("Print the report as JSON"), Flag.withDefault(false))
}

/** Reasons that the next run may find gone. */
const PASSING: ReadonlyArray<string> = ["not_placed", "order_unfinished"]

/** Prints the report; fails when not all came in that could. */
const conclude = Effect.fnUntraced(function* (report: ImportReport, isJson: boolean) {
  yield* Console.log(isJson ? JSON.stringify(reportJson(report), undefined, 2) : reportLines(report).join("\n"))
  if (!isAccountedFor(report)) {
    return yield* new ImportIncomplete({ message: "Not every row is accounted for. This is a mistake in Valerix." })
  }
  const left = PASSING.filter((reason) => (report.tally.notImported[reason] ?? 0) > 0)
  if (left.length > 0) {
    return yield* new ImportIncomplete({ message: "Some orders have not ended. Run the same command again to go on." })
  }
})

const notImportedPath = (given: Option.Option<string>, name: string, extension: "csv" | "ndjson"): string =>
  Option.getOrElse(given, () => `${name.replace(/(\.(csv|ndjson|jsonl))?(\.gz)?$/, "")}.not-imported.${extension}`)

const retail = Command.make(
  "retail",
  { file, ...flags },
  Effect.fn("valerix import retail")(function* (options) {
    const source = yield* openSource(options.file)
    const report = yield* importRetail(source, {
      organizationId: options.organization,
      notImportedPath: notImportedPath(options.notImported, source.name, "csv"),
      isDryRun: options.dryRun
    })
    yield* conclude(report, options.json)
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

export const importCommand = Command.make("import").pipe(
  Command.withDescription("Bring in orders and products from files"),
  Command.withSubcommands([retail])
)

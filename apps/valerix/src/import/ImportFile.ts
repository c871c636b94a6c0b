import type { OrganizationId } from "@valerix/money-and-ids"
import { Console, Data, Effect, Option, Runtime } from "effect"
import { EXIT, UsageError } from "../terminal/ExitCodes.ts"
import { jsonText } from "../terminal/Json.ts"
import { onItsLines } from "../terminal/Text.ts"
import { isSameFile, openSource, type SourceFile } from "./files/SourceFile.ts"
import { type ImportReport, isAccountedFor, reportJson, reportLines } from "./ImportReport.ts"
import { importOrders } from "./own/ImportOrders.ts"
import { importProducts } from "./own/ImportProducts.ts"
import { formatOf, type OwnFormat } from "./own/OwnRows.ts"
import { importRetail } from "./retail/ImportRetail.ts"
import type { ImportOptions } from "./ThroughFile.ts"

interface FileOptions {
  readonly file: string
  readonly organization: OrganizationId
  readonly notImported: Option.Option<string>
  readonly dryRun: boolean
  readonly json: boolean
}

/** Not every row came in; what did not is told and listed. */
export class NotAllImported extends Data.TaggedError("NotAllImported")<{ readonly message: string }> {}

/** Some orders were placed and have not ended, or could not be placed by now. */
export class ImportUnfinished extends Data.TaggedError("ImportUnfinished") {
  override readonly [Runtime.errorExitCode] = EXIT.UNFINISHED
  override get message(): string {
    return "Some orders have not ended. Run the same command again to go on."
  }
}

/** Reasons that the next run may find gone. */
const PASSING: ReadonlyArray<string> = ["not_placed", "order_unfinished"]

/** Prints the report; fails when not all came in that could. `isClean`: every row is expected to. */
const conclude = Effect.fnUntraced(function* (report: ImportReport, isJson: boolean, isClean: boolean) {
  yield* Console.log(isJson ? jsonText(reportJson(report)) : onItsLines(reportLines(report).join("\n")))
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
  given: FileOptions,
  source: SourceFile,
  extension: "csv" | "ndjson"
): Effect.fn.Return<ImportOptions, UsageError> {
  const list = Option.getOrElse(
    given.notImported,
    () => `${source.name.replace(/(\.(csv|ndjson|jsonl))?(\.gz)?$/i, "")}.not-imported.${extension}`
  )
  if (yield* isSameFile(source, list)) {
    return yield* new UsageError({
      message: "--not-imported names the file that is to be imported, and would write over it. Name another one."
    })
  }
  return { organizationId: given.organization, notImportedPath: list, isDryRun: given.dryRun }
})

/** Replays the sales of a retailer; fails when orders that could come in did not. */
export const importRetailFile = Effect.fn("valerix import retail")(function* (options: FileOptions) {
  const source = yield* openSource(options.file)
  const report = yield* importRetail(source, yield* optionsOf(options, source, "csv"))
  yield* conclude(report, options.json, false)
})

const IMPORTING = { orders: importOrders, products: importProducts }

/** Brings in the orders, or the products, of a file; fails when not all of them came in. */
export const importOwnFile = (name: keyof typeof IMPORTING) =>
  Effect.fn(`valerix import ${name}`)(function* (options: FileOptions & { readonly format: Option.Option<OwnFormat> }) {
    const source = yield* openSource(options.file)
    const chosen = Option.getOrElse(options.format, () => formatOf(source.name))
    const report = yield* IMPORTING[name](source, chosen, yield* optionsOf(options, source, chosen))
    yield* conclude(report, options.json, true)
  })

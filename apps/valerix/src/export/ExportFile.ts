import type { OrganizationId } from "@valerix/money-and-ids"
import { Console, Effect, Option } from "effect"
import { formatOf, type OwnFormat } from "../import/own/OwnRows.ts"
import { withStored } from "../import/WithDatabases.ts"
import { exportBalances, exportOrders, exportProducts } from "./ExportRows.ts"
import { writeExport } from "./WriteExport.ts"

const EXPORTING = { orders: exportOrders, products: exportProducts, balances: exportBalances }

/** Writes what is stored of an organization to a file, or to standard output. */
export const exportFile = (name: keyof typeof EXPORTING) =>
  Effect.fn(`valerix export ${name}`)(function* (options: {
    readonly organization: OrganizationId
    readonly out: Option.Option<string>
    readonly format: Option.Option<OwnFormat>
  }) {
    const path = Option.getOrUndefined(options.out)
    const format = Option.getOrElse(options.format, () => formatOf(path ?? ""))
    yield* withStored(
      Effect.gen(function* () {
        const rows = yield* writeExport(yield* EXPORTING[name](options.organization), format, path)
        if (path !== undefined) yield* Console.error(`${rows} rows written to ${path}`)
      })
    )
  })

import type { OrganizationId } from "@valerix/money-and-ids"
import type { Tally } from "./Tally.ts"

/** What an import has done, or would do. */
export interface ImportReport {
  readonly kind: "retail" | "orders" | "products"
  readonly file: string
  readonly digest: string
  readonly organizationId: OrganizationId
  readonly isDryRun: boolean
  readonly rowsInFile: number
  /** Where an earlier run was stopped, and this one went on. */
  readonly rowsBefore: number
  readonly tally: Tally
  readonly notImportedPath: string
  readonly spentMs: number
  /** What the reasons mean, where that is not plain. */
  readonly meanings: Readonly<Record<string, string>>
}

/** Whether every row of the file is accounted for, exactly once. */
export const isAccountedFor = ({ rowsInFile, tally }: ImportReport): boolean =>
  tally.rows === rowsInFile && tally.rows === tally.imported + sumOf(tally.notImported)

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

const rates = ({ kind, rowsBefore, spentMs, tally }: ImportReport) => {
  const orders = tally.orders.executed + tally.orders.executedBefore + sumOf(tally.orders.failed)
  const perSecond = (count: number) => Math.round((count * 1000) / Math.max(1, spentMs))
  return {
    rows: perSecond(tally.rows - rowsBefore),
    // How many of the orders came before this run is not counted, so their rate is told of whole runs only.
    orders: kind === "products" || rowsBefore > 0 ? undefined : perSecond(orders)
  }
}

/** The report for programs. */
export const reportJson = (report: ImportReport): unknown => {
  const { digest, file, isDryRun, kind, notImportedPath, organizationId, rowsBefore, rowsInFile, spentMs, tally } =
    report
  const { orders, rows } = rates(report)
  return {
    kind,
    file,
    digest,
    organization_id: organizationId,
    dry_run: isDryRun,
    rows: {
      in_file: rowsInFile,
      accounted_for: tally.rows,
      imported: tally.imported,
      not_imported: tally.notImported
    },
    ...(kind === "products"
      ? {}
      : {
          orders: {
            executed: tally.orders.executed,
            executed_before: tally.orders.executedBefore,
            failed: tally.orders.failed
          }
        }),
    ...(kind === "orders" ? {} : { products: tally.products }),
    not_imported_file: notImportedPath,
    went_on_after_row: rowsBefore,
    seconds: spentMs / 1000,
    rows_per_second: rows,
    ...(orders === undefined ? {} : { orders_per_second: orders })
  }
}

const number = new Intl.NumberFormat("en")
const COUNT_COLUMNS = 11

/** The report for people, line by line. */
export const reportLines = (report: ImportReport): ReadonlyArray<string> => {
  const { isDryRun, kind, meanings, notImportedPath, rowsBefore, rowsInFile, spentMs, tally } = report
  const line = (count: number, what: string) => `${number.format(count).padStart(COUNT_COLUMNS)}  ${what}`
  const notImported = sumOf(tally.notImported)
  const reasons = Object.entries(tally.notImported)
    .sort(([, a], [, b]) => b - a)
    .map(
      ([reason, count]) =>
        `  ${line(count, `${reason}${meanings[reason] === undefined ? "" : `: ${meanings[reason]}`}`)}`
    )
  const failures = Object.entries(tally.orders.failed).map(([code, count]) => line(count, `orders failed: ${code}`))
  const { changed, created, received, unchanged } = tally.products
  const { orders, rows } = rates(report)
  return [
    isDryRun
      ? `A dry run of ${report.file}: nothing was changed.`
      : `${report.file}, organization ${report.organizationId}`,
    ...(kind === "orders"
      ? []
      : [
          line(created, isDryRun ? "products would be new" : "products are new"),
          line(changed, isDryRun ? "products would be changed" : "products were changed"),
          line(unchanged, "products stay as they are"),
          line(received, isDryRun ? "pieces would be received" : "pieces were received")
        ]),
    ...(kind === "products"
      ? []
      : [
          line(tally.orders.executed, isDryRun ? "orders would be placed" : "orders executed"),
          line(tally.orders.executedBefore, "orders were there already"),
          ...failures
        ]),
    line(rowsInFile, "rows in the file, of which"),
    line(tally.imported, isDryRun ? "would be imported" : "are imported"),
    line(notImported, `are not${notImported === 0 ? "" : `; they are listed in ${notImportedPath}`}`),
    ...reasons,
    ...(isDryRun
      ? []
      : [
          `${rowsBefore === 0 ? "" : `Went on after row ${number.format(rowsBefore)}. `}Took ${(spentMs / 1000).toFixed(1)} s: ${number.format(rows)} rows/s${orders === undefined ? "" : `, ${number.format(orders)} orders/s`}.`
        ])
  ]
}

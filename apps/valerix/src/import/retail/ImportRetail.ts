import { LoadProducts, PRODUCTS_PER_VECTOR_MAX } from "@valerix/inventory"
import type { OrganizationId } from "@valerix/money-and-ids"
import { LOCAL_PRINCIPAL, type Tenant } from "@valerix/tenancy"
import { Clock, Console, Effect, Stream } from "effect"
import { FileChanged } from "../FileChanged.ts"
import type { SourceFile } from "../files/SourceFile.ts"
import type { ImportReport } from "../ImportReport.ts"
import { beginRun } from "../ImportRun.ts"
import { openNotImported } from "../NotImportedFile.ts"
import { type Refusal, type Rows, replayRows, usualRefusal } from "../ReplayRows.ts"
import { showingProgress } from "../ShowProgress.ts"
import { Tallying } from "../Tally.ts"
import { withServices } from "../WithDatabases.ts"
import { checkRetail, retailRows } from "./CheckRetail.ts"
import { Invoices, type Settled } from "./Invoices.ts"
import { retailOrderOf } from "./RetailOrder.ts"
import { RETAIL_HEADER, type RetailRow } from "./RetailRow.ts"
import { RETAIL_REASONS } from "./RetailRules.ts"

export interface RetailOptions {
  readonly organizationId: OrganizationId
  readonly notImportedPath: string
  readonly isDryRun: boolean
}

/**
 * Replays a retailer's file: checks the whole of it, brings in its products with as much stock as it sells, and places an
 * order per invoice, in time order. A run that was stopped is gone on with; rows that are no order are listed with why.
 */
export const importRetail = Effect.fnUntraced(function* (source: SourceFile, options: RetailOptions) {
  const checked = yield* checkRetail(source)
  const { isDryRun, notImportedPath, organizationId } = options
  const reportOf = (part: Pick<ImportReport, "rowsBefore" | "tally" | "spentMs">): ImportReport => ({
    kind: "retail",
    file: source.name,
    digest: checked.digest,
    organizationId,
    isDryRun,
    rowsInFile: checked.rows,
    notImportedPath,
    meanings: RETAIL_REASONS,
    ...part
  })
  if (isDryRun) return reportOf({ rowsBefore: 0, spentMs: 0, tally: yield* rehearse(source, checked, notImportedPath) })
  return yield* withServices(
    Effect.gen(function* () {
      const begunMs = yield* Clock.currentTimeMillis
      const tenant: Tenant = { organizationId, principal: LOCAL_PRINCIPAL }
      const file = { organizationId, kind: "retail", digest: checked.digest } as const
      const run = yield* beginRun(file, { fileName: source.name, notImportedPath, header: RETAIL_HEADER })
      if (run.rowsBefore > 0) yield* Console.error(`Going on after row ${run.rowsBefore}, where a run was stopped.`)
      const loaded = yield* loadProducts(tenant, checked)
      if (run.rowsBefore === 0) for (const one of loaded) run.tally.productLoaded(one.outcome, one.received)
      const again = retailRows(source)
      const rows = again.rows.pipe(
        Stream.filter(({ row }) => row.number > run.rowsBefore),
        settledRows
      )
      yield* showingProgress(checked.rows, () => run.tally, replayRows(tenant, run, rows, refusalOf)).pipe(
        Effect.onInterrupt(() => Effect.ignoreCause(run.keep(false)))
      )
      if (again.digest() !== checked.digest) return yield* new FileChanged({ file: source.name })
      yield* run.keep(true)
      const spentMs = (yield* Clock.currentTimeMillis) - begunMs
      return reportOf({ rowsBefore: run.rowsBefore, tally: run.tally.now, spentMs })
    })
  )
})

type Checked = Effect.Success<ReturnType<typeof checkRetail>>

const loadProducts = Effect.fnUntraced(function* (tenant: Tenant, { catalogue, digest }: Checked) {
  const { load } = yield* LoadProducts
  const products = catalogue.productsOf(digest)
  const vectors: Array<typeof products> = []
  for (let from = 0; from < products.length; from += PRODUCTS_PER_VECTOR_MAX) {
    vectors.push(products.slice(from, from + PRODUCTS_PER_VECTOR_MAX))
  }
  const loaded = yield* Effect.forEach(vectors, (vector) =>
    load({ tenant, products: vector, existing: "KEEP", notes: `Opening stock of file ${digest.slice(0, 12)}` })
  )
  return loaded.flat()
})

const settledRows = <E>(rows: Stream.Stream<RetailRow, E>): Stream.Stream<Rows, E> =>
  rows.pipe(
    Stream.mapAccumArray(
      () => new Invoices(),
      (invoices, chunk) => [invoices, chunk.flatMap((row) => invoices.add(row).map(rowsOf))],
      { onHalt: (invoices) => invoices.end().map(rowsOf) }
    )
  )

const rowsOf = (settled: Settled): Rows =>
  settled._tag === "Sale"
    ? { _tag: "Order", rows: settled.rows.map(({ row }) => row), order: retailOrderOf(settled) }
    : {
        _tag: "NotImported",
        rows: settled.rows.map(({ row }) => ({
          row,
          reason: settled.reason,
          field: undefined,
          message: RETAIL_REASONS[settled.reason]
        }))
      }

/** An order is known by its invoice's number. */
const refusalOf: Parameters<typeof replayRows>[3] = (replayed): Refusal => {
  const usual = usualRefusal(replayed)
  return usual.reason === "key_used_before"
    ? { reason: "invoice_used_before", field: "InvoiceNo", message: RETAIL_REASONS.invoice_used_before }
    : usual
}

/** Goes through the rows as an import would, and places nothing. */
const rehearse = (source: SourceFile, { catalogue, digest }: Checked, notImportedPath: string) =>
  Effect.gen(function* () {
    const tally = new Tallying()
    for (const { receipt } of catalogue.productsOf(digest)) tally.productLoaded("CREATED", receipt?.quantity ?? 0)
    const list = yield* openNotImported(notImportedPath, RETAIL_HEADER, undefined)
    if (list === undefined) return tally.now
    yield* settledRows(retailRows(source).rows).pipe(
      Stream.runForEachArray((chunk) => {
        for (const settled of chunk) {
          if (settled._tag === "Order") {
            tally.imported(settled.rows.length)
            tally.orderExecuted(true)
          } else {
            for (const row of settled.rows) {
              tally.notImported(row.reason)
              list.add(row)
            }
          }
        }
        return list.flush
      })
    )
    yield* list.flush
    return tally.now
  }).pipe(Effect.scoped)

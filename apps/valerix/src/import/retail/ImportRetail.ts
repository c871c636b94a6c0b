import { LoadProducts, PRODUCTS_PER_VECTOR_MAX } from "@valerix/inventory"
import { LOCAL_PRINCIPAL, type Tenant } from "@valerix/tenancy"
import { Effect, Stream } from "effect"
import type { SourceFile } from "../files/SourceFile.ts"
import { type Refusal, type Rows, replayRows, usualRefusal } from "../ReplayRows.ts"
import { type ImportOptions, type ImportPlan, rehearsing, throughFile } from "../ThroughFile.ts"
import { withServices } from "../WithDatabases.ts"
import { checkRetail, retailRows } from "./CheckRetail.ts"
import { Invoices, type Settled } from "./Invoices.ts"
import { retailOrderOf } from "./RetailOrder.ts"
import { RETAIL_HEADER, type RetailRow } from "./RetailRow.ts"
import { RETAIL_REASONS } from "./RetailRules.ts"

/**
 * Replays a retailer's file: checks the whole of it, brings in its products with as much stock as it sells, and places an
 * order per invoice, in time order. A run that was stopped is gone on with; rows that are no order are listed with why.
 */
export const importRetail = Effect.fnUntraced(function* (source: SourceFile, options: ImportOptions) {
  const checked = yield* checkRetail(source)
  const { digest, rows } = checked
  const plan: ImportPlan = {
    kind: "retail",
    source,
    digest,
    rows,
    header: RETAIL_HEADER,
    meanings: RETAIL_REASONS,
    ...options
  }
  const read = retailRows(source)
  if (options.isDryRun) return yield* rehearse(plan, checked, settledRows(read.rows))
  const tenant: Tenant = { organizationId: options.organizationId, principal: LOCAL_PRINCIPAL }
  return yield* withServices(
    throughFile(
      plan,
      Effect.fnUntraced(function* (run) {
        const loaded = yield* loadProducts(tenant, checked)
        if (run.rowsBefore === 0) for (const one of loaded) run.tally.productLoaded(one.outcome, one.received)
        const ahead = Stream.filter(read.rows, ({ row }) => row.number > run.rowsBefore)
        yield* replayRows(tenant, run, settledRows(ahead), refusalOf)
      }),
      read.digest
    )
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

const rehearse = <E>(plan: ImportPlan, { catalogue, digest }: Checked, rows: Stream.Stream<Rows, E>) =>
  rehearsing(plan, ({ refuse, tally }) => {
    for (const { receipt } of catalogue.productsOf(digest)) tally.productLoaded("CREATED", receipt?.quantity ?? 0)
    return Stream.runForEach(rows, (settled) =>
      Effect.sync(() => {
        if (settled._tag === "Order") {
          tally.imported(settled.rows.length)
          tally.orderExecuted(true)
        } else {
          for (const row of settled.rows) refuse(row)
        }
      })
    )
  })

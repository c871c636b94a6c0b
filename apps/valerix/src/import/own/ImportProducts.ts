import { LoadProducts, PRODUCTS_PER_VECTOR_MAX, type ProductToLoad } from "@valerix/inventory"
import { type VectorParting, vectorParts } from "@valerix/saga"
import { LOCAL_PRINCIPAL, type Tenant } from "@valerix/tenancy"
import { Effect, Stream } from "effect"
import type { CsvRow, JsonRow } from "../files/Rows.ts"
import type { SourceFile } from "../files/SourceFile.ts"
import type { RowNotImported } from "../NotImportedFile.ts"
import type { Tallying } from "../Tally.ts"
import { type ImportOptions, type ImportPlan, rehearsing, throughFile } from "../ThroughFile.ts"
import { withServices, withStored } from "../WithDatabases.ts"
import { checkOwn } from "./CheckOwn.ts"
import { type OwnFormat, type OwnRow, ownRows } from "./OwnRows.ts"
import { PRODUCT_TABLE, productOf } from "./ProductRows.ts"

const MEANINGS: Readonly<Record<string, string>> = { invalid: "fields that cannot be used" }

/** Brings the products of a file of our own into the catalogue, or says what that would do. */
export const importProducts = Effect.fnUntraced(function* (
  source: SourceFile,
  format: OwnFormat,
  options: ImportOptions
) {
  const checked = yield* checkOwn(source, format, PRODUCT_TABLE)
  const plan: ImportPlan = { kind: "products", source, meanings: MEANINGS, ...checked, ...options }
  const tenant: Tenant = { organizationId: options.organizationId, principal: LOCAL_PRINCIPAL }
  const read = ownRows(source, format, PRODUCT_TABLE)
  const none = () => Effect.void
  if (options.isDryRun) {
    return yield* withStored(
      rehearsing(plan, (count) =>
        Effect.flatMap(LoadProducts, ({ rehearse }) => loadAll(tenant, read.rows, rehearse, count, none))
      )
    )
  }
  return yield* withServices(
    throughFile(
      plan,
      (run) =>
        Effect.flatMap(LoadProducts, ({ load }) =>
          loadAll(
            tenant,
            Stream.filter(read.rows, ({ row }) => row.number > run.rowsBefore),
            load,
            run,
            run.accountedFor
          )
        ),
      read.digest
    )
  )
})

interface Counting {
  readonly tally: Tallying
  readonly refuse: (row: RowNotImported) => void
}

type Read = { readonly row: CsvRow | JsonRow; readonly product: ProductToLoad | RowNotImported }

/** Loads the products of a stream of rows, a vector at a time, and accounts for the rows in their order. */
const loadAll = <E, E2>(
  tenant: Tenant,
  rows: Stream.Stream<OwnRow, E>,
  load: LoadProducts["Service"]["load"],
  { refuse, tally }: Counting,
  accountedFor: (lastNumber: number) => Effect.Effect<void, E2>
) =>
  rows.pipe(
    Stream.map((own): Read => ({ row: own.row, product: productOf(own) })),
    Stream.rechunk(PRODUCTS_PER_VECTOR_MAX),
    Stream.runForEachArray(
      Effect.fnUntraced(function* (chunk) {
        for (const vector of vectorParts(chunk, bySku)) {
          const products = vector.flatMap(({ product }) => ("sku" in product ? [product] : []))
          const loaded = yield* load({ tenant, products, existing: "CHANGE", notes: "Initial stock" })
          let at = 0
          for (const { product } of vector) {
            if (!("sku" in product)) {
              refuse(product)
              continue
            }
            const one = loaded[at++]
            tally.imported(1)
            if (one !== undefined) tally.productLoaded(one.outcome, one.received)
          }
          yield* accountedFor(vector.at(-1)?.row.number ?? 0)
        }
      })
    )
  )

/** A SKU that comes again begins the next vector: the later row has the last word. */
const bySku: VectorParting<Read> = {
  nameOf: ({ product, row }) => ("sku" in product ? `sku ${product.sku}` : `row ${row.number}`),
  rowsOf: () => 1
}

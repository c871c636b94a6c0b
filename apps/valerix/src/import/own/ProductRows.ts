import { fieldErrorsOf, STRICT } from "@valerix/http/contract"
import type { ProductToLoad } from "@valerix/inventory"
import { ImportedProduct } from "@valerix/inventory/contract"
import { Result, Schema } from "effect"
import type { RowNotImported } from "../NotImportedFile.ts"
import { invalidRow } from "./InvalidRow.ts"
import type { OwnRow } from "./OwnRows.ts"
import { cellsByName, given, type OwnTable, wholeNumber } from "./OwnTable.ts"

/** `initial_stock` is received with a product that is new. */
export const PRODUCT_TABLE: OwnTable = { required: ["sku", "name", "price", "currency"], optional: ["initial_stock"] }

const decode = Schema.decodeUnknownResult(ImportedProduct)

/** The product that a row is, or what is wrong with it. */
export const productOf = (own: OwnRow): ProductToLoad | RowNotImported => {
  if (own._tag === "Value" && own.row.fault !== undefined) return invalidRow(own.row, [own.row.fault])
  const decoded = decode(own._tag === "Value" ? own.row.value : bodyOf(own), STRICT)
  if (Result.isFailure(decoded)) {
    const errors = fieldErrorsOf("body", decoded.failure)
    return invalidRow(
      own.row,
      errors.map(({ field, message }) => ({ field: columnOf(own, field), message }))
    )
  }
  const { initial_stock: initialStock = 0, name, price, sku } = decoded.success
  return { sku, name, price, initialStock, receipt: undefined }
}

const bodyOf = ({ header, row }: Extract<OwnRow, { readonly _tag: "Cells" }>): unknown => {
  const { currency, initial_stock, name, price, sku } = cellsByName(header, row.cells)
  return given({ sku, name, price: given({ amount: price, currency }), initial_stock: wholeNumber(initial_stock) })
}

const columnOf = ({ _tag }: OwnRow, field: string): string =>
  _tag === "Value" ? field : field.replace(/^price\.amount$/, "price").replace(/^price\.currency$/, "currency")

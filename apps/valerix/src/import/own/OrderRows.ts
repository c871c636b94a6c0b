import { orderRequestOf } from "@valerix/checkout"
import { ADJUSTMENTS_MAX, ImportedOrder, ORDER_LINES_MAX } from "@valerix/checkout/contract"
import { fieldErrorIn, fieldErrorsOf, STRICT } from "@valerix/http/contract"
import { Result, Schema } from "effect"
import type { CsvRow } from "../files/Rows.ts"
import type { RowNotImported } from "../NotImportedFile.ts"
import type { Rows } from "../ReplayRows.ts"
import { invalidRow } from "./InvalidRow.ts"
import type { OwnRow } from "./OwnRows.ts"
import { cellsByName, given, type OwnTable, wholeNumber } from "./OwnTable.ts"

/** Columns that say something of the order: in its first row, and the same or empty in the others. */
const OF_ORDER = [
  "customer_id",
  "email",
  "currency",
  "payment_token",
  "external_reference",
  "shipping_address",
  "metadata"
] as const
/** Columns that say something of a line, or of an adjustment. */
const OF_LINE = ["kind", "product_id", "sku", "quantity", "unit_price", "amount", "description"] as const
/** What an export says besides. */
const TOLD = ["order_id", "status", "total", "created_at"] as const

/** One row per line and per adjustment; the rows of an order, those of one key, stand together. */
export const ORDER_TABLE: OwnTable = {
  required: ["idempotency_key"],
  optional: [...OF_ORDER, ...OF_LINE, ...TOLD]
}
export const ORDER_COLUMNS: ReadonlyArray<string> = ["idempotency_key", ...OF_ORDER, ...OF_LINE, ...TOLD]

/** Where a file of orders does not say how they were paid. */
export const PAYMENT_TOKEN = "tok_import"

const ROWS_OF_ORDER_MAX = ORDER_LINES_MAX + ADJUSTMENTS_MAX

const decode = Schema.decodeUnknownResult(ImportedOrder)

/** Brings the rows of each order together: a line of JSON is one, and of a table all neighbours with the same key. */
export class OrderRows {
  private key: string | undefined
  private rows: Array<CsvRow> = []
  private header: ReadonlyArray<string> = []
  private isOverfull = false

  add(own: OwnRow): ReadonlyArray<Rows> {
    if (own._tag === "Value") return [orderOfValue(own)]
    const key = cellsByName(own.header, own.row.cells)["idempotency_key"]
    const settled = key === this.key && this.rows.length > 0 ? [] : this.end()
    this.key = key
    this.header = own.header
    if (this.isOverfull) return [...settled, tooMany([own.row])]
    this.rows.push(own.row)
    if (this.rows.length <= ROWS_OF_ORDER_MAX) return settled
    // It cannot become an order any more: its rows are settled as they come.
    this.isOverfull = true
    const all = this.rows
    this.rows = [own.row]
    return [...settled, tooMany(all)]
  }

  end(): ReadonlyArray<Rows> {
    const { header, isOverfull, rows } = this
    this.rows = []
    this.isOverfull = false
    return isOverfull || rows.length === 0 ? [] : [orderOfTable(header, rows)]
  }
}

const tooMany = (rows: ReadonlyArray<CsvRow>): Rows => ({
  _tag: "NotImported",
  rows: rows.map((row) => ({
    row,
    reason: "too_many_lines",
    field: undefined,
    message: `an order has at most ${ORDER_LINES_MAX} lines and ${ADJUSTMENTS_MAX} adjustments`
  }))
})

const orderOfValue = ({ row }: Extract<OwnRow, { readonly _tag: "Value" }>): Rows => {
  if (row.fault !== undefined) return { _tag: "NotImported", rows: [invalidRow(row, [row.fault])] }
  const decoded = decode(row.value, STRICT)
  return Result.isFailure(decoded)
    ? { _tag: "NotImported", rows: [invalidRow(row, fieldErrorsOf("body", decoded.failure))] }
    : orderOf([row], decoded.success)
}

const orderOf = (rows: Extract<Rows, { readonly _tag: "Order" }>["rows"], body: ImportedOrder): Rows => ({
  _tag: "Order",
  rows,
  order: { idempotencyKey: body.idempotency_key, request: orderRequestOf(body) }
})

interface RowError {
  readonly place: number
  readonly field: string
  readonly message: string
}

const orderOfTable = (header: ReadonlyArray<string>, rows: ReadonlyArray<CsvRow>): Rows => {
  const named = rows.map(({ cells }) => cellsByName(header, cells))
  const errors: Array<RowError> = []
  const common: Record<string, string> = {}
  named.forEach((cells, place) => {
    for (const name of OF_ORDER) {
      const cell = cells[name]
      if (cell === undefined) continue
      const known = common[name]
      if (known === undefined) common[name] = cell
      else if (known !== cell) errors.push({ place, field: name, message: "is not what another row of the order says" })
    }
  })
  const json = (name: "shipping_address" | "metadata"): unknown => {
    const text = common[name]
    if (text === undefined) return undefined
    const refuse = (message: string) =>
      errors.push({ place: named.findIndex((cells) => cells[name] === text), field: name, message })
    try {
      const value: unknown = JSON.parse(text)
      const fault = fieldErrorIn(text)
      if (fault === undefined) return value
      refuse(`has a member that cannot be used: ${fault.field} ${fault.message}`)
    } catch {
      refuse("is not JSON")
    }
    return undefined
  }
  const { currency, customer_id, email, external_reference, payment_token = PAYMENT_TOKEN } = common
  const money = (amount: string | undefined) => (amount === undefined ? undefined : given({ amount, currency }))
  const items: Array<unknown> = []
  const adjustments: Array<unknown> = []
  /** In which row each stands. */
  const places: Record<"items" | "adjustments", Array<number>> = { items: [], adjustments: [] }
  named.forEach(({ amount, description, kind = "ITEM", product_id, quantity, sku, unit_price }, place) => {
    if (kind === "ITEM") {
      places.items.push(place)
      items.push(given({ product_id, sku, quantity: wholeNumber(quantity), unit_price: money(unit_price) }))
      for (const [field, cell] of Object.entries({ amount, description })) {
        if (cell !== undefined) errors.push({ place, field, message: "is of an adjustment, and this is a line" })
      }
    } else {
      places.adjustments.push(place)
      adjustments.push(given({ kind, amount: given({ amount, currency }), description }))
      for (const [field, cell] of Object.entries({ product_id, sku, quantity, unit_price })) {
        if (cell !== undefined) errors.push({ place, field, message: "is of a line, and this is an adjustment" })
      }
    }
  })
  const body = given({
    idempotency_key: named[0]?.["idempotency_key"],
    customer_id,
    email,
    currency,
    items,
    adjustments,
    shipping_address: json("shipping_address"),
    payment: { method: "card", token: payment_token },
    external_reference,
    metadata: json("metadata")
  })
  const decoded = decode(body, STRICT)
  if (Result.isFailure(decoded)) {
    for (const { field, message } of fieldErrorsOf("body", decoded.failure)) {
      const [, list, index, rest] = /^(items|adjustments)\[(\d+)\]\.?(.*)$/.exec(field) ?? []
      const place = list === "items" || list === "adjustments" ? places[list][Number(index)] : undefined
      const column = rest === undefined ? field : rest
      errors.push({ place: place ?? 0, field: columnOf(column), message })
    }
  }
  if (errors.length === 0 && Result.isSuccess(decoded)) return orderOf(rows, decoded.success)
  return {
    _tag: "NotImported",
    rows: rows.map((row, place): RowNotImported => {
      const own = errors.filter((error) => error.place === place)
      if (own.length > 0) return invalidRow(row, own)
      return { row, reason: "order_invalid", field: undefined, message: "another row of the order is invalid" }
    })
  }
}

const columnOf = (field: string): string =>
  field
    .replace(/^(amount|unit_price)\.amount$/, "$1")
    .replace(/^(amount|unit_price)\.currency$/, "currency")
    .replace(/^payment\.token$/, "payment_token")

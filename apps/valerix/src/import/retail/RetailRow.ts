import { type Fault, quoted } from "../files/MalformedFile.ts"
import type { CsvRow } from "../files/Rows.ts"

export const RETAIL_HEADER = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country"
] as const
type Column = (typeof RETAIL_HEADER)[number]

/** A line of the retailer's file that can be read, whatever it means. */
export interface RetailRow {
  readonly row: CsvRow
  readonly invoice: string
  readonly stockCode: string
  readonly description: string
  readonly quantity: number
  /** As it is written, `2010-12-01 08:26:00`: texts of this form sort by time. */
  readonly time: string
  /** A decimal number as it is written, without zeros at its end. */
  readonly unitPrice: string
  /** None: the retailer does not know. */
  readonly customer: string | undefined
  readonly country: string
}

const INVOICE = /^[\x21-\x7e]{1,50}$/
const QUANTITY = /^-?\d{1,9}$/
const PRICE = /^-?\d{1,10}(\.\d{1,9})?$/
const CUSTOMER = /^(\d{1,15})(\.0)?$/
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

/** Reads a row; gives what is wrong with its cells where it cannot be read. */
export const retailRowOf = (row: CsvRow): RetailRow | ReadonlyArray<Fault> => {
  const [
    invoice = "",
    stockCode = "",
    description = "",
    quantity = "",
    time = "",
    price = "",
    customer = "",
    country = ""
  ] = row.cells
  const faults: Array<Fault> = []
  const refuse = (name: Column, text: string, expected: string) =>
    faults.push({
      line: row.line,
      column: { number: RETAIL_HEADER.indexOf(name) + 1, name },
      message: `${quoted(text)} is not ${expected}`
    })
  if (!INVOICE.test(invoice)) refuse("InvoiceNo", invoice, "the number of an invoice: 1 to 50 visible ASCII characters")
  if (stockCode.trim() === "") refuse("StockCode", stockCode, "a stock code")
  if (!QUANTITY.test(quantity)) refuse("Quantity", quantity, "a whole number")
  if (!isTime(time)) refuse("InvoiceDate", time, "a time such as 2010-12-01 08:26:00")
  if (!PRICE.test(price)) refuse("UnitPrice", price, "a decimal number")
  const [, customerDigits] = CUSTOMER.exec(customer) ?? []
  if (customer !== "" && customerDigits === undefined) refuse("CustomerID", customer, "the number of a customer")
  if (faults.length > 0) return faults
  return {
    row,
    invoice,
    stockCode: stockCode.trim().toUpperCase(),
    description: description.trim(),
    quantity: Number(quantity),
    time,
    unitPrice: price.includes(".") ? price.replace(/\.?0+$/, "") : price,
    customer: customerDigits,
    country: country.trim()
  }
}

const isTime = (text: string): boolean => {
  if (!TIME.test(text)) return false
  const date = new Date(`${text.replace(" ", "T")}Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19).replace("T", " ") === text
}

import { type RetailRow, retailRowOf } from "../../src/import/retail/RetailRow.ts"

/** A row of the retailer's file as it could be sold. */
export const cellsOf = (changes: {
  readonly invoice?: string
  readonly code?: string
  readonly description?: string
  readonly quantity?: string
  readonly time?: string
  readonly price?: string
  readonly customer?: string
}): ReadonlyArray<string> => {
  const given = {
    invoice: "536365",
    code: "85123A",
    description: "WHITE LANTERN",
    quantity: "6",
    time: "2010-12-01 08:26:00",
    price: "2.55",
    customer: "17850.0",
    ...changes
  }
  const { code, customer, description, invoice, price, quantity, time } = given
  return [invoice, code, description, quantity, time, price, customer, "United Kingdom"]
}

/** The same as a row that was read; throws where it cannot be. */
export const retailRow = (changes: Parameters<typeof cellsOf>[0], number = 1): RetailRow => {
  const row = retailRowOf({ number, line: number + 1, cells: cellsOf(changes) })
  if ("row" in row) return row
  throw new Error(JSON.stringify(row))
}

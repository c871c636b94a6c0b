import { assert, describe, it } from "@effect/vitest"
import { MinorUnits, Quantity } from "@valerix/money-and-ids"
import { retailRowOf } from "../../src/import/retail/RetailRow.ts"
import { partOf, type RetailReason } from "../../src/import/retail/RetailRules.ts"
import { customerIdOf } from "../../src/import/retail/RetailValues.ts"
import { cellsOf, retailRow } from "./Samples.ts"

const reasonOf = (changes: Parameters<typeof cellsOf>[0]): RetailReason | undefined => {
  const part = partOf(retailRow(changes))
  return part._tag === "NotImported" ? part.reason : undefined
}

const faultsOf = (changes: Parameters<typeof cellsOf>[0]): ReadonlyArray<string> => {
  const read = retailRowOf({ number: 1, line: 17, cells: cellsOf(changes) })
  return "row" in read ? [] : read.map(({ column, line }) => `${line}:${column?.number}:${column?.name}`)
}

describe("a row of the retailer's file", () => {
  it("is goods, with the stock code in capitals for a SKU and the price in pence", () => {
    assert.deepStrictEqual(partOf(retailRow({ code: "15056bl", quantity: "12", price: "18.0" })), {
      _tag: "Goods",
      sku: "15056BL",
      quantity: Quantity.make(12),
      priceMinor: MinorUnits.make(1800)
    })
  })

  it.each([
    ["cancellation", { invoice: "C536379", code: "D", quantity: "-1" }],
    ["correction", { invoice: "A563185", code: "B", price: "11062.06" }],
    ["stock_adjustment", { quantity: "-10", price: "0.0", description: "damaged" }],
    ["stock_adjustment", { quantity: "0" }],
    ["no_price", { price: "0.0" }],
    ["no_price", { price: "-3.5" }],
    ["no_price", { code: "POST", price: "0" }],
    ["price_below_a_penny", { price: "0.001" }],
    ["price_below_a_penny", { price: "2.555" }],
    ["not_a_sku", { code: "GIFT SET" }],
    ["quantity_too_large", { quantity: "1000001" }],
    ["quantity_too_large", { code: "M", quantity: "1000000", price: "9999999999" }]
  ] as const)("is not imported as %s: %o", (reason, changes) => {
    assert.strictEqual(reasonOf(changes), reason)
  })

  it.each([
    ["SHIPPING", 5400, { code: "POST", quantity: "3", price: "18.0" }],
    ["SHIPPING", 56977, { code: "DOT", quantity: "1", price: "569.77" }],
    ["FEE", 125, { code: "m", quantity: "1", price: "1.25" }],
    ["FEE", 1500, { code: "BANK CHARGES", quantity: "1", price: "15.0" }],
    ["DISCOUNT", -2750, { code: "D", quantity: "-1", price: "27.50" }]
  ] as const)("is a charge, %s of %i: %o", (kind, amountMinor, changes) => {
    assert.deepStrictEqual(partOf(retailRow(changes)), {
      _tag: "Charge",
      kind,
      amountMinor: MinorUnits.make(amountMinor)
    })
  })

  it("is refused with line and column where it cannot be read", () => {
    assert.deepStrictEqual(faultsOf({}), [])
    assert.deepStrictEqual(faultsOf({ quantity: "six" }), ["17:4:Quantity"])
    assert.deepStrictEqual(faultsOf({ quantity: "6.5" }), ["17:4:Quantity"])
    assert.deepStrictEqual(faultsOf({ time: "2010-02-30 08:26:00" }), ["17:5:InvoiceDate"])
    assert.deepStrictEqual(faultsOf({ time: "12/1/2010 8:26" }), ["17:5:InvoiceDate"])
    assert.deepStrictEqual(faultsOf({ price: "free", customer: "?" }), ["17:6:UnitPrice", "17:7:CustomerID"])
    assert.deepStrictEqual(faultsOf({ invoice: "", code: " " }), ["17:1:InvoiceNo", "17:2:StockCode"])
  })

  it("gives the same customer the same id, and all that are unknown one of their own", () => {
    assert.strictEqual(customerIdOf("17850"), customerIdOf("17850"))
    assert.notStrictEqual(customerIdOf("17850"), customerIdOf("17851"))
    assert.notStrictEqual(customerIdOf(undefined), customerIdOf("17850"))
  })
})

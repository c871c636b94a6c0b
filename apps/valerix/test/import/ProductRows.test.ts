import { assert, describe, it } from "@effect/vitest"
import { productOf } from "../../src/import/own/ProductRows.ts"

const HEADER = ["sku", "name", "price", "currency", "initial_stock"]

const productIn = (stock: string) =>
  productOf({
    _tag: "Cells",
    header: HEADER,
    row: { number: 1, line: 2, cells: ["MUG", "A mug", "19.99", "EUR", stock] }
  })

describe("a product in a file", () => {
  it("may have as much stock as an export can say, and no more", () => {
    assert.deepInclude(productIn("5000000"), { sku: "MUG", initialStock: 5_000_000 })
    assert.deepInclude(productIn("9007199254740991"), { initialStock: Number.MAX_SAFE_INTEGER })
    for (const stock of ["9007199254740992", "-1", "1.5", "1e3"])
      assert.deepInclude(productIn(stock), { reason: "invalid", field: "initial_stock" }, stock)
  })
})

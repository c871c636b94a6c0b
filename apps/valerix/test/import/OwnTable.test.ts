import { assert, describe, it } from "@effect/vitest"
import { headerFaultOf } from "../../src/import/own/OwnTable.ts"

const faultOf = headerFaultOf({ required: ["sku", "name"], optional: ["stock"] })

describe("the header of a table of our own", () => {
  it("may have its columns in any order", () => {
    assert.isUndefined(faultOf(["stock", "name", "sku"]))
    assert.isUndefined(faultOf(["name", "sku"]))
  })

  it("is refused with the column that is unknown or stands twice, or the names of those that are missing", () => {
    assert.deepStrictEqual(faultOf(["sku", "stock"]), { column: undefined, message: "the header lacks name" })
    assert.deepStrictEqual(faultOf(["sku", "Name", "name"]), {
      column: 2,
      message: 'the header names "Name"; known are sku, name, stock'
    })
    assert.deepStrictEqual(faultOf(["sku", "name", "sku"]), { column: 3, message: 'the header names "sku" twice' })
  })
})

import { assert, describe, it } from "@effect/vitest"
import { movementTypeOf } from "../../src/domain/StockMovement.ts"

describe("movementTypeOf", () => {
  it("books goods that arrive or come back as receipts and the rest as adjustments", () => {
    assert.strictEqual(movementTypeOf("warehouse_receiving"), "receipt")
    assert.strictEqual(movementTypeOf("return_to_stock"), "receipt")
    assert.strictEqual(movementTypeOf("manual_adjustment"), "adjustment")
    assert.strictEqual(movementTypeOf("correction"), "adjustment")
  })
})

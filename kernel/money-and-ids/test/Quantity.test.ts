import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { QUANTITY_MAX, Quantity } from "../src/index.ts"

describe("a quantity", () => {
  it("is a positive whole number up to its maximum", () => {
    const isQuantity = Schema.is(Quantity)
    assert.isTrue([1, 2, QUANTITY_MAX].every((quantity) => isQuantity(quantity)))
    assert.isFalse([0, -1, 0.5, QUANTITY_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY, "1", null].some(isQuantity))
  })
})

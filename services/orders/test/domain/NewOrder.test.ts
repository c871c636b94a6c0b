import { assert, describe, it } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { Result } from "effect"
import {
  ADJUSTMENTS_MAX,
  checkNewOrder,
  LINES_MAX,
  OrderInvalid,
  OrderTotalMismatch
} from "../../src/domain/NewOrder.ts"
import { formatSalesOrderNumber } from "../../src/domain/SalesOrderNumber.ts"

const lines = (count: number, line = { quantity: 1, unitPriceMinor: 1 }) => Array.from({ length: count }, () => line)
const order = (changes: Partial<Parameters<typeof checkNewOrder>[0]>) => ({
  lines: lines(1),
  adjustments: [],
  totalMinor: MinorUnits.make(1),
  ...changes
})

describe("a new order", () => {
  it("has one line at least and 2,000 at most", () => {
    assert.strictEqual(Result.getOrThrow(checkNewOrder(order({}))), 1)
    const largest = order({ lines: lines(LINES_MAX), totalMinor: MinorUnits.make(LINES_MAX) })
    assert.strictEqual(Result.getOrThrow(checkNewOrder(largest)), LINES_MAX)
  })

  it.each([
    ["no lines", order({ lines: [] })],
    ["2,001 lines", order({ lines: lines(LINES_MAX + 1), totalMinor: MinorUnits.make(LINES_MAX + 1) })],
    [
      "101 adjustments",
      order({ adjustments: Array.from({ length: ADJUSTMENTS_MAX + 1 }, () => ({ amountMinor: 0 })) })
    ],
    ["a quantity of zero", order({ lines: lines(1, { quantity: 0, unitPriceMinor: 1 }) })],
    ["a fraction of a unit", order({ lines: lines(1, { quantity: 0.5, unitPriceMinor: 2 }) })],
    ["a negative price", order({ lines: lines(1, { quantity: 1, unitPriceMinor: -1 }) })],
    ["a fraction of a cent", order({ lines: lines(1, { quantity: 2, unitPriceMinor: 0.5 }) })],
    ["an adjustment that is no number", order({ adjustments: [{ amountMinor: Number.NaN }] })],
    ["a total below zero", order({ adjustments: [{ amountMinor: -2 }], totalMinor: MinorUnits.make(-1) })]
  ])("with %s breaks a rule", (_, invalid) => {
    const checked = checkNewOrder(invalid)
    assert.isTrue(Result.isFailure(checked) && checked.failure instanceof OrderInvalid)
  })

  it("is refused with both totals when the stated one is another", () => {
    assert.deepStrictEqual(
      checkNewOrder(order({ totalMinor: MinorUnits.make(2) })),
      Result.fail(new OrderTotalMismatch({ statedMinor: 2, calculatedMinor: 1 }))
    )
  })
})

describe("a sales order number", () => {
  it.each([
    [1, "SO-00000001"],
    [42, "SO-00000042"],
    [123_456_789, "SO-123456789"]
  ])("%s is shown as %s", (number, shown) => {
    assert.strictEqual(formatSalesOrderNumber(number), shown)
  })
})

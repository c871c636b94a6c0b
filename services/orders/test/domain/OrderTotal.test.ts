import { assert, describe, it } from "@effect/vitest"
import { AMOUNT_MAX_MINOR, MinorUnits } from "@valerix/money-and-ids"
import { Result } from "effect"
import fc from "fast-check"
import { calculateTotal, OrderTotalOutOfRange } from "../../src/domain/OrderTotal.ts"

const line = (quantity: number, unitPriceMinor: number) => ({ quantity, unitPriceMinor })
const adjustment = (amountMinor: number) => ({ amountMinor })

describe("the total of an order", () => {
  it.each([
    ["one line", [line(2, 1999)], [], 3998],
    ["several lines", [line(2, 1999), line(1, 1)], [], 3999],
    ["shipping and a discount", [line(1, 1000)], [adjustment(495), adjustment(-500)], 995],
    ["a discount of everything", [line(1, 1000)], [adjustment(-1000)], 0],
    ["the largest amount", [line(1, AMOUNT_MAX_MINOR)], [], AMOUNT_MAX_MINOR]
  ] as const)("adds up %s", (_, lines, adjustments, expected) => {
    assert.equal(Result.getOrThrow(calculateTotal(lines, adjustments)), MinorUnits.make(expected))
  })

  it.each([
    ["below zero", [line(1, 1000)], [adjustment(-1001)]],
    ["above the largest amount", [line(1, AMOUNT_MAX_MINOR)], [adjustment(1)]],
    [
      "of lines above the largest amount, whatever is taken off",
      [line(2, AMOUNT_MAX_MINOR)],
      [adjustment(-AMOUNT_MAX_MINOR)]
    ],
    ["beyond exact numbers", [line(1_000_000, AMOUNT_MAX_MINOR), line(1, 1)], [adjustment(-1)]]
  ] as const)("is refused %s", (_, lines, adjustments) => {
    assert.deepStrictEqual(calculateTotal(lines, adjustments), Result.fail(new OrderTotalOutOfRange()))
  })

  it("is what exact arithmetic says, or refused, for any order", () => {
    const lines = fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 1_000_000 }),
        unitPriceMinor: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: AMOUNT_MAX_MINOR }))
      }),
      { maxLength: 50 }
    )
    const amount = fc.integer({ min: -AMOUNT_MAX_MINOR, max: AMOUNT_MAX_MINOR })
    fc.assert(
      fc.property(lines, fc.array(fc.record({ amountMinor: amount }), { maxLength: 10 }), (items, adjustments) => {
        const itemsExact = items.reduce((sum, item) => sum + BigInt(item.quantity) * BigInt(item.unitPriceMinor), 0n)
        const exact = adjustments.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), itemsExact)
        const max = BigInt(AMOUNT_MAX_MINOR)
        const total = calculateTotal(items, adjustments)
        if (itemsExact <= max && exact >= 0n && exact <= max) {
          assert.strictEqual(BigInt(Result.getOrThrow(total)), exact)
        } else {
          assert.isTrue(Result.isFailure(total))
        }
      })
    )
  })
})

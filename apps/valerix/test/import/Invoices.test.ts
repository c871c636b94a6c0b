import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { Invoices, ROWS_APART_MAX, type Settled } from "../../src/import/retail/Invoices.ts"
import type { RetailRow } from "../../src/import/retail/RetailRow.ts"
import { retailRow } from "./Samples.ts"

const settledOf = (rows: ReadonlyArray<RetailRow>): ReadonlyArray<Settled> => {
  const invoices = new Invoices()
  return [...rows.flatMap((row) => invoices.add(row)), ...invoices.end()]
}

const numbersOf = (settled: ReadonlyArray<Settled>): ReadonlyArray<ReadonlyArray<number>> =>
  settled.map(({ rows }) => rows.map(({ row }) => row.number))

const reasonsOf = (settled: ReadonlyArray<Settled>): ReadonlyArray<string> =>
  settled.map((one) => (one._tag === "Sale" ? "sale" : one.reason))

/** Rows of any kind, in any order, of few invoices, so that they run into each other. */
const anyRow = fc.record({
  invoice: fc.constantFrom("1", "2", "3", "4", "C5", "A6"),
  code: fc.constantFrom("85123A", "85123a", "POST", "D", "M", "GIFT SET", "PADS"),
  quantity: fc.constantFrom("-1000001", "-3", "0", "1", "7", "1000000", "1000001"),
  price: fc.constantFrom("-1.0", "0.0", "0.001", "0.01", "2.55", "9999999999.99"),
  customer: fc.constantFrom("", "17850.0"),
  description: fc.constantFrom("", "LANTERN")
})

describe("the rows of a file", () => {
  it("are settled exactly once each, whatever they are, in the order of the invoices' first rows", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 200 }), (all) => {
        const rows = all.map((one, index) => retailRow(one, index + 1))
        const settled = settledOf(rows)
        const numbers = numbersOf(settled).flat()
        assert.deepStrictEqual(
          numbers.toSorted((a, b) => a - b),
          rows.map(({ row }) => row.number)
        )
        const firsts = numbersOf(settled).map(([first]) => first ?? 0)
        assert.deepStrictEqual(
          firsts,
          firsts.toSorted((a, b) => a - b)
        )
        for (const one of settled) {
          if (one._tag !== "Sale") continue
          assert.strictEqual(new Set(one.rows.map(({ invoice }) => invoice)).size, 1)
          assert.strictEqual(one.goods.length + one.charges.length, one.rows.length)
          assert.isAbove(one.goods.length, 0)
        }
        const sold = settled.flatMap((one) => (one._tag === "Sale" ? one.rows.slice(0, 1) : []))
        assert.strictEqual(new Set(sold.map(({ invoice }) => invoice)).size, sold.length)
      })
    )
  })

  it("of one invoice become one sale, also where another comes between them", () => {
    const settled = settledOf([
      retailRow({ invoice: "1" }, 1),
      retailRow({ invoice: "2" }, 2),
      retailRow({ invoice: "1", code: "POST" }, 3),
      retailRow({ invoice: "C3" }, 4)
    ])
    assert.deepStrictEqual(numbersOf(settled), [[1, 3], [2], [4]])
    assert.deepStrictEqual(reasonsOf(settled), ["sale", "sale", "cancellation"])
  })

  it("begin another sale when the invoice ended long before, for the key to refuse", () => {
    const invoices = new Invoices()
    assert.deepStrictEqual(invoices.add(retailRow({ invoice: "1" }, 1)), [])
    assert.deepStrictEqual(invoices.add(retailRow({ invoice: "2" }, ROWS_APART_MAX + 1)), [])
    assert.deepStrictEqual(numbersOf(invoices.add(retailRow({ invoice: "1" }, ROWS_APART_MAX + 2))), [[1]])
    assert.deepStrictEqual(numbersOf(invoices.end()), [[ROWS_APART_MAX + 1], [ROWS_APART_MAX + 2]])
  })

  it("are told why their invoice is no order", () => {
    const many = Array.from({ length: 2_001 }, (_, index) => retailRow({ invoice: "9" }, index + 1))
    const charges = Array.from({ length: 101 }, (_, index) => retailRow({ invoice: "9", code: "POST" }, index + 1))
    assert.deepStrictEqual(reasonsOf(settledOf([retailRow({ code: "POST" })])), ["charges_only"])
    assert.deepStrictEqual(
      reasonsOf(settledOf([retailRow({}, 1), retailRow({ code: "D", quantity: "-1", price: "15.30" }, 2)])),
      ["nothing_to_charge"]
    )
    assert.deepStrictEqual(reasonsOf(settledOf(many)), ["too_many_lines"])
    assert.deepStrictEqual(reasonsOf(settledOf([retailRow({ invoice: "9" }, 102), ...charges])), ["too_many_lines"])
  })

  it("are not held when an invoice has more of them than any order", () => {
    const invoices = new Invoices()
    let settled = 0
    for (let number = 1; number <= 10_000; number += 1) {
      const given = invoices.add(retailRow({ invoice: "9" }, number))
      assert.isTrue(given.every((one) => one._tag === "NotImported" && one.reason === "too_many_lines"))
      settled += given.reduce((sum, { rows }) => sum + rows.length, 0)
      assert.isAtMost(number - settled, 2_100)
    }
    assert.strictEqual(settled + invoices.end().length, 10_000)
  })
})

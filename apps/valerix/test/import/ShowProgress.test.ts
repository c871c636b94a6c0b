import { assert, describe, it } from "@effect/vitest"
import { progressLine } from "../../src/import/ShowProgress.ts"

const half = {
  total: 1_000,
  begun: { rows: 100, orders: 10 },
  now: { rows: 500, orders: 50 },
  spentMs: 4_000
}

describe("the progress of an import", () => {
  it("tells on a terminal how far it is, how fast, and how long it will take, of this run alone", () => {
    assert.strictEqual(
      progressLine(half, { columns: 120, isWatched: true }),
      "[████████████            ]  50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left"
    )
  })

  it("stays on one line of a terminal, however narrow: a line that wraps cannot be written over", () => {
    const lines = [80, 74, 60, 20].map((columns) => progressLine(half, { columns, isWatched: true }))
    assert.deepStrictEqual(lines, [
      "[████████████            ]  50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left".replace(
        /^.{26}/,
        "[█████████         ]"
      ),
      "[██████      ]  50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left",
      "50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left",
      "50%  500 of 1,000 …"
    ])
  })

  it("is a plain line elsewhere", () => {
    assert.strictEqual(
      progressLine(half, { columns: 20, isWatched: false }),
      "50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left"
    )
  })

  it("says nothing of what is left before it knows", () => {
    const begun = { ...half, now: half.begun, spentMs: 0 }
    assert.strictEqual(progressLine(begun, { columns: 80, isWatched: false }), "10%  100 of 1,000 rows  0 rows/s")
  })
})

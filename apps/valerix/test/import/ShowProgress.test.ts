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
      progressLine(half, { isWatched: true }),
      "[████████████            ]  50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left"
    )
  })

  it("is a plain line elsewhere", () => {
    assert.strictEqual(
      progressLine(half, { isWatched: false }),
      "50%  500 of 1,000 rows  100 rows/s  10 orders/s  5 s left"
    )
  })

  it("says nothing of what is left before it knows", () => {
    const begun = { ...half, now: half.begun, spentMs: 0 }
    assert.strictEqual(progressLine(begun, { isWatched: false }), "10%  100 of 1,000 rows  0 rows/s")
  })
})

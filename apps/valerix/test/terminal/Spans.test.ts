import { assert, describe, it } from "@effect/vitest"
import { spanMs, spanText } from "../../src/terminal/Spans.ts"

describe("a span of time", () => {
  it.each([
    [0, "0 ms"],
    [-5, "0 ms"],
    [12.4, "12 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [1_999, "1.9 s"],
    [59_999, "59 s"],
    [60_000, "1 m"],
    [64_000, "1 m 4 s"],
    [3_600_000, "1 h"],
    [3_659_000, "1 h"],
    [3_661_000, "1 h 1 m"],
    [90_000_000, "1 d 1 h"],
    [40 * 86_400_000, "40 d"]
  ])("of %i ms is told as %s", (ms, text) => {
    assert.strictEqual(spanText(ms), text)
  })

  it.each([
    ["250ms", 250],
    ["90s", 90_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["0s", 0],
    ["11000d", 950_400_000_000]
  ])("is read from %s", (text, ms) => {
    assert.strictEqual(spanMs(text), ms)
  })

  it.each(["", "5", "m", "-5m", "5 m", "1.5h", "5w", "1h30m", "9999999999s", "12000d"])("is none in %o", (text) => {
    assert.isUndefined(spanMs(text))
  })
})

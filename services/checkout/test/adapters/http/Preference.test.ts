import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { WAIT_MAX_MS, waitMsOf } from "../../../src/adapters/http/Preference.ts"

describe("the preference to wait", () => {
  it.each([
    ["wait=2", 2_000],
    ["wait=0", 0],
    ["wait=10", 10_000],
    ["Wait=2", 2_000],
    ["  wait = 2  ", 2_000],
    ['wait="2"', 2_000],
    ["wait=2; foo=bar", 2_000],
    ["wait=2;", 2_000],
    ["respond-async, wait=2", 2_000],
    ["respond-async,wait=2,handling=lenient", 2_000],
    ["handling=lenient; wait=5, wait=2", 2_000],
    ['foo="a, wait=5", wait=2', 2_000],
    ['foo="a \\" , wait=5", wait=2', 2_000],
    ["wait=002", 2_000]
  ])("is understood in %s", (header, expected) => {
    assert.strictEqual(waitMsOf(header), expected)
  })

  it.each([["wait=11"], ["wait=100000"], [`wait=${"9".repeat(400)}`]])("is cut at the longest wait in %s", (header) => {
    assert.strictEqual(waitMsOf(header), WAIT_MAX_MS)
  })

  it.each([
    [undefined],
    [""],
    ["respond-async"],
    ["wait"],
    ["wait="],
    ['wait=""'],
    ["wait=soon"],
    ["wait=-1"],
    ["wait=1.5"],
    ['wait="2'],
    ["wait=2s"],
    ["wait=2 3"],
    ["await=2"],
    ["wait-for=2"],
    ["wait=soon, wait=2"],
    ["handling=lenient; wait=2"],
    ['foo="wait=2"'],
    ['foo=", wait=2"'],
    ["return=minimal wait=2"]
  ])("is not there, or is ignored, in %s", (header) => {
    assert.isUndefined(waitMsOf(header))
  })

  it("is never out of bounds, whatever the header says", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'wait="\\,; 09') })), (header) => {
        const waitMs = waitMsOf(header)
        assert.isTrue(waitMs === undefined || (waitMs >= 0 && waitMs <= WAIT_MAX_MS))
      })
    )
  })
})

import { assert, describe, it } from "@effect/vitest"
import { jsonText } from "../../src/terminal/Json.ts"

describe("JSON for programs", () => {
  it("is the same value, with nothing in it that a terminal would act upon", () => {
    const value = { name: "\u001b]0;x\u0007 \u009b31m \u202e\u2028\u{e0001} café 茶 🫖", count: 1 }
    const text = jsonText(value)
    assert.deepStrictEqual(JSON.parse(text), value)
    assert.match(text, /^\{"name":"[ -~é茶🫖]+","count":1\}$/u)
    assert.include(text, "café 茶 🫖")
  })
})

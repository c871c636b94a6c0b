import { expect, it } from "@effect/vitest"
import fc from "fast-check"
import { JSON_DEPTH_MAX, scanJson } from "../src/JsonScan.ts"

const scan = (text: string) => scanJson(text, text.includes("\\"))

const Json = fc.jsonValue({ noUnicodeString: false, maxDepth: 8 })

const isStorable = (value: unknown): boolean => {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\u0000")
  if (typeof value !== "object" || value === null) return true
  return Object.entries(value).every(([key, inner]) => isStorable(key) && isStorable(inner))
}

it("finds no fault with JSON whose strings can be stored", () => {
  fc.assert(
    fc.property(Json, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      fc.pre(isStorable(value))
      expect(scan(JSON.stringify(value, undefined, indent))).toBeUndefined()
    })
  )
})

it("finds every string that cannot be stored, and names the field", () => {
  fc.assert(
    fc.property(fc.array(Json, { maxLength: 5 }), fc.constantFrom("\u0000", "a\ud800", "\udc00b"), (before, bad) => {
      fc.pre(isStorable(before))
      expect(scan(JSON.stringify({ items: [...before, { note: bad }] }))).toEqual({
        kind: "Field",
        field: `items[${before.length}].note`,
        message: "must not have NUL characters or lone surrogates"
      })
    })
  )
})

it("finds a key that is given twice, however many there are and however it is written", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      (keys, pick) => {
        fc.pre(keys.every(isStorable))
        const again = keys[pick % keys.length] ?? ""
        const spelled = [...again].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")
        fc.pre(again.length === [...again].length)
        const members = keys.map((key) => `${JSON.stringify(key)}:{}`)
        expect(scan(`{${members.join(",")}}`)).toBeUndefined()
        expect(scan(`{${[...members, `"${spelled}":1`].join(",")}}`)).toMatchObject({
          message: "is given more than once"
        })
      }
    )
  )
})

it("takes the same key in different objects", () => {
  expect(scan('[{"a":1},{"a":{"a":[{"a":1}]}}]')).toBeUndefined()
})

it("counts depth over arrays and objects alike", () => {
  const nested = (depth: number) => '{"a":['.repeat(depth / 2) + "]}".repeat(depth / 2)
  expect(scan(nested(JSON_DEPTH_MAX))).toBeUndefined()
  expect(scan(nested(JSON_DEPTH_MAX + 2))).toEqual({ kind: "TooDeep" })
  expect(scan(`["${"[".repeat(100)}"]`)).toBeUndefined()
})

it("says nothing of text that is not JSON, and comes to an end", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"', "\\", ",", ":", "a", " ") }), (text) => {
      const fault = scan(text)
      if (fault !== undefined) expect(fault.kind).toBe("Field")
    })
  )
})

it("takes time in proportion to the length of the text, escapes or none", () => {
  const body = (count: number, note: string) =>
    JSON.stringify({ items: Array.from({ length: count }, (_, index) => ({ sku: `SKU-${index}`, note })) })
  // Both scan as many characters, so that what else the machine does meets both alike.
  const bestTime = (text: string, scans: number) => {
    const times = Array.from({ length: 20 }, () => {
      const startedAt = performance.now()
      for (let scanned = 0; scanned < scans; scanned++) scan(text)
      return performance.now() - startedAt
    })
    return Math.min(...times)
  }
  for (const note of ["plain", 'with "escapes"\n', "\\".repeat(20)]) {
    for (let run = 0; run < 2_000; run++) scan(body(1, note))
    expect(bestTime(body(16_000, note), 1) / bestTime(body(1_000, note), 16)).toBeLessThan(6)
  }
})

import { assert, describe, it } from "@effect/vitest"
import { MinorUnits, Quantity } from "@valerix/money-and-ids"
import fc from "fast-check"
import { canonicalForm } from "../../src/domain/CanonicalForm.ts"
import type { OrderRequest } from "../../src/domain/OrderRequest.ts"
import { bySku, EUR, MUG, sampleRequest } from "../support/Samples.ts"

/** The same value with the members of its objects in the opposite order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)])
  )
}

const json = fc.jsonValue({ maxDepth: 3 })
const metadata = fc.dictionary(fc.string(), json, { maxKeys: 6 })
const text = fc.string({ minLength: 1 })
const request: fc.Arbitrary<OrderRequest> = fc
  .record({
    email: fc.option(text, { nil: undefined }),
    externalReference: fc.option(text, { nil: undefined }),
    items: fc.array(
      fc.tuple(text, fc.integer({ min: 1, max: 1_000_000 })).map(([sku, quantity]) => bySku(sku, quantity)),
      { minLength: 1, maxLength: 5 }
    ),
    metadata: fc.option(metadata, { nil: undefined }),
    shippingAddress: fc.option(metadata, { nil: undefined }),
    payment: fc.record({ method: fc.constant("card"), token: text })
  })
  .map(sampleRequest)

describe("the canonical form of a request", () => {
  it("has a line's own price in it, and nothing where there is none", () => {
    const item = bySku("MUG", 1)
    const own = (amountMinor: number) => ({ amountMinor: MinorUnits.make(amountMinor), currency: EUR })
    const forms = [item, { ...item, unitPrice: own(1) }, { ...item, unitPrice: own(2) }].map((one) =>
      canonicalForm(sampleRequest({ items: [one] }))
    )
    assert.strictEqual(new Set(forms).size, 3)
    assert.strictEqual(canonicalForm(sampleRequest({ items: [{ ...item, unitPrice: undefined }] })), forms[0])
  })

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(request, (one) => {
        const turned = sampleRequest({
          metadata: reversed(one.metadata),
          shippingAddress: reversed(one.shippingAddress),
          payment: { token: one.payment.token, method: one.payment.method },
          items: one.items,
          externalReference: one.externalReference,
          email: one.email
        })
        assert.strictEqual(canonicalForm(turned), canonicalForm(one))
      })
    )
  })

  it("takes a member that is undefined for one that is not there", () => {
    fc.assert(
      fc.property(metadata, fc.string(), (some, key) => {
        fc.pre(!Object.hasOwn(some, key))
        assert.strictEqual(
          canonicalForm(sampleRequest({ metadata: { ...some, [key]: undefined } })),
          canonicalForm(sampleRequest({ metadata: some }))
        )
      })
    )
  })

  it("is another one for another request", () => {
    fc.assert(
      fc.property(request, request, (one, other) => {
        const areEqual = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
        assert.strictEqual(canonicalForm(one) === canonicalForm(other), areEqual)
      })
    )
  })

  it.each<readonly [what: string, changes: Partial<OrderRequest>]>([
    ["a quantity", { items: [bySku("MUG-1", 2)] }],
    ["the number of lines", { items: [bySku("MUG-1"), bySku("MUG-1")] }],
    [
      "the name of a product",
      { items: [{ product: { _tag: "ById", productId: MUG.productId }, quantity: Quantity.make(1) }] }
    ],
    ["the token", { payment: { method: "card", token: "tok_other" } }],
    ["null for what is not there", { metadata: { note: null } }],
    ["text for a number", { metadata: { count: "1" } }],
    ["nothing for a list", { adjustments: [] }]
  ])("sees %s", (_, changes) => {
    const given = sampleRequest({ items: [bySku("MUG-1")], metadata: { count: 1 } })
    assert.notStrictEqual(canonicalForm({ ...given, ...changes }), canonicalForm(given))
  })

  it("keeps the order of lines and of lists", () => {
    const one = sampleRequest({ items: [bySku("A"), bySku("B")], metadata: { tags: ["x", "y"] } })
    const other = sampleRequest({ items: [bySku("B"), bySku("A")], metadata: { tags: ["x", "y"] } })
    const third = sampleRequest({ items: [bySku("A"), bySku("B")], metadata: { tags: ["y", "x"] } })
    assert.strictEqual(new Set([one, other, third].map(canonicalForm)).size, 3)
  })
})

/** A second way to say what an equal request is: its members without those that are undefined, keys sorted, as JSON. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return members.map(([key, member]) => [key, sorted(member)]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}

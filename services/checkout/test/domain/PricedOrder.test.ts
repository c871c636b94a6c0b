import { assert, describe, it } from "@effect/vitest"
import { AMOUNT_MAX_MINOR, type Currency, MinorUnits, makeProductId, Quantity } from "@valerix/money-and-ids"
import { Effect } from "effect"
import fc from "fast-check"
import type { OrderRequest, ProductName } from "../../src/domain/OrderRequest.ts"
import { type PricedProduct, priceOrder } from "../../src/domain/PricedOrder.ts"
import { byId, bySku, EUR, JPY, sampleRequest, USD } from "../support/Samples.ts"

const product = (sku: string, priceMinor: number, currency: Currency = EUR): PricedProduct => ({
  productId: makeProductId(),
  sku,
  priceMinor: MinorUnits.make(priceMinor),
  currency
})

const catalogueOf =
  (products: ReadonlyArray<PricedProduct>) =>
  (name: ProductName): PricedProduct | undefined =>
    products.find((one) => (name._tag === "ById" ? one.productId === name.productId : one.sku === name.sku))

const adjustment = (amountMinor: number, currency: Currency = EUR): OrderRequest["adjustments"][number] => ({
  kind: amountMinor < 0 ? "DISCOUNT" : "SHIPPING",
  amount: { amountMinor: MinorUnits.make(amountMinor), currency },
  description: undefined
})

const mug = product("MUG", 1999)
const pen = product("PEN", 500)
const yen = product("YEN", 300, JPY)
const dear = product("DEAR", AMOUNT_MAX_MINOR)
const find = catalogueOf([mug, pen, yen, dear])

const price = (changes: Partial<OrderRequest>) =>
  Effect.runSync(Effect.result(priceOrder(sampleRequest({ adjustments: [], ...changes }), find)))

/** What is wrong with a request: `field code`, one by one. */
const problemsOf = (changes: Partial<OrderRequest>): ReadonlyArray<string> => {
  const result = price(changes)
  assert(result._tag === "Failure")
  return result.failure.problems.map(({ field, code }) => `${field} ${code}`)
}

describe("pricing an order", () => {
  it("takes a line's own price where it has one, in whatever currency the catalogue is", () => {
    const own = (amountMinor: number, currency = EUR) => ({ amountMinor: MinorUnits.make(amountMinor), currency })
    const items = [
      { ...bySku("MUG", 2), unitPrice: own(0) },
      { ...bySku("YEN", 3), unitPrice: own(7) },
      bySku("PEN", 1)
    ]
    const result = price({ items })
    assert(result._tag === "Success")
    assert.deepStrictEqual(
      result.success.lines.map(({ unitPriceMinor }) => Number(unitPriceMinor)),
      [0, 7, 500]
    )
    assert.strictEqual(result.success.totalMinor, 521)
    assert.deepStrictEqual(problemsOf({ items: [{ ...bySku("MUG", 2), unitPrice: own(5, USD) }] }), [
      "items[0] currency_mismatch"
    ])
    assert.deepStrictEqual(problemsOf({ items: [{ ...bySku("MUG", 2), unitPrice: own(-5) }] }), [
      "items[0].unit_price price_negative"
    ])
    assert.deepStrictEqual(problemsOf({ items: [{ ...bySku("NONE", 2), unitPrice: own(5) }] }), [
      "items[0].sku product_not_found"
    ])
  })

  it("takes the catalogue's prices, for products named by id or by SKU", () => {
    const result = price({ items: [byId(mug.productId, 3), bySku("PEN", 2)], adjustments: [adjustment(495)] })
    assert(result._tag === "Success")
    const { currency, lines, totalMinor } = result.success
    assert.strictEqual(currency, EUR)
    assert.deepStrictEqual(lines, [
      { productId: mug.productId, sku: "MUG", quantity: Quantity.make(3), unitPriceMinor: mug.priceMinor },
      { productId: pen.productId, sku: "PEN", quantity: Quantity.make(2), unitPriceMinor: pen.priceMinor }
    ])
    assert.strictEqual(totalMinor, MinorUnits.make(3 * 1999 + 2 * 500 + 495))
  })

  it("keeps two lines of one product apart", () => {
    const result = price({ items: [bySku("PEN", 1), bySku("PEN", 2)] })
    assert(result._tag === "Success")
    assert.deepStrictEqual(
      result.success.lines.map((line) => line.quantity),
      [1, 2]
    )
    assert.strictEqual(result.success.totalMinor, MinorUnits.make(1500))
  })

  it("takes the currency of the first product where the request names none", () => {
    const result = price({ currency: undefined, items: [bySku("YEN", 2)] })
    assert(result._tag === "Success")
    assert.strictEqual(result.success.currency, JPY)
  })

  it.each([
    ["a discount of everything", [bySku("PEN")], [adjustment(-500)], 0],
    ["the largest amount", [bySku("DEAR")], [], AMOUNT_MAX_MINOR]
  ] as const)("goes as far as %s", (_, items, adjustments, totalMinor) => {
    const result = price({ items, adjustments })
    assert(result._tag === "Success")
    assert.strictEqual(result.success.totalMinor, MinorUnits.make(totalMinor))
  })

  it.each<readonly [what: string, changes: Partial<OrderRequest>, problems: ReadonlyArray<string>]>([
    ["a product that is not there by its SKU", { items: [bySku("NONE")] }, ["items[0].sku product_not_found"]],
    [
      "a product that is not there by its id",
      { items: [byId(makeProductId())] },
      ["items[0].product_id product_not_found"]
    ],
    ["a product in another currency", { items: [bySku("PEN"), bySku("YEN")] }, ["items[1] currency_mismatch"]],
    [
      "products of two currencies where none is named",
      { currency: undefined, items: [bySku("PEN"), bySku("YEN")] },
      ["items[1] currency_mismatch"]
    ],
    [
      "an adjustment in another currency",
      { items: [bySku("PEN")], adjustments: [adjustment(1, USD)] },
      ["adjustments[0].amount.currency currency_mismatch"]
    ],
    ["a total below zero", { items: [bySku("PEN")], adjustments: [adjustment(-501)] }, ["adjustments total_negative"]],
    ["a total above the largest amount", { items: [bySku("DEAR"), bySku("PEN")] }, ["items total_too_large"]],
    [
      "adjustments that bring the total above the largest amount",
      { items: [bySku("PEN")], adjustments: [adjustment(AMOUNT_MAX_MINOR)] },
      ["adjustments total_too_large"]
    ],
    [
      "items above the largest amount, whatever is taken off",
      { items: [bySku("DEAR", 2)], adjustments: [adjustment(-AMOUNT_MAX_MINOR)] },
      ["items total_too_large"]
    ],
    ["amounts beyond exact numbers", { items: [bySku("DEAR", 1_000_000), bySku("PEN")] }, ["items total_too_large"]]
  ])("refuses %s", (_, changes, problems) => {
    assert.deepStrictEqual(problemsOf(changes), problems)
  })

  it("names everything that is wrong at once", () => {
    const changes = {
      items: [bySku("NONE"), bySku("PEN"), bySku("YEN"), byId(makeProductId())],
      adjustments: [adjustment(1), adjustment(2, USD)]
    }
    assert.deepStrictEqual(problemsOf(changes), [
      "items[0].sku product_not_found",
      "items[2] currency_mismatch",
      "items[3].product_id product_not_found",
      "adjustments[1].amount.currency currency_mismatch"
    ])
  })

  it("does not call a total too large for an adjustment that is in another currency", () => {
    assert.deepStrictEqual(
      problemsOf({ items: [bySku("PEN")], adjustments: [adjustment(AMOUNT_MAX_MINOR, USD), adjustment(1)] }),
      ["adjustments[0].amount.currency currency_mismatch"]
    )
  })

  it("names adjustments of different currencies even where no product says which is right", () => {
    const changes = { currency: undefined, items: [bySku("NONE")], adjustments: [adjustment(1), adjustment(1, USD)] }
    assert.deepStrictEqual(problemsOf(changes), [
      "items[0].sku product_not_found",
      "adjustments[1].amount.currency currency_mismatch"
    ])
  })

  it("always comes to items plus adjustments, never below zero, or is refused", () => {
    const products = fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 8 })
    const quantities = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 8, maxLength: 8 })
    const amounts = fc.array(fc.integer({ min: -20_000_000, max: 20_000_000 }), { maxLength: 5 })
    fc.assert(
      fc.property(products, quantities, amounts, (prices, counts, adjustments) => {
        const offered = prices.map((priceMinor, index) => product(`SKU-${index}`, priceMinor))
        const items = offered.map(({ sku }, index) => bySku(sku, counts[index] ?? 1))
        const request = sampleRequest({ items, adjustments: adjustments.map((amount) => adjustment(amount)) })
        const result = Effect.runSync(Effect.result(priceOrder(request, catalogueOf(offered))))
        const itemsMinor = prices.reduce((sum, priceMinor, index) => sum + priceMinor * (counts[index] ?? 1), 0)
        const expected = adjustments.reduce((sum, amount) => sum + amount, itemsMinor)
        if (expected < 0) assert.strictEqual(result._tag, "Failure")
        else if (Math.max(expected, itemsMinor) > AMOUNT_MAX_MINOR) assert.strictEqual(result._tag, "Failure")
        else {
          assert(result._tag === "Success")
          assert.strictEqual(result.success.totalMinor, MinorUnits.make(expected))
          const ofLines = result.success.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0)
          assert.strictEqual(ofLines, itemsMinor)
        }
      })
    )
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Currency, MinorUnits, makeProductId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { changeProduct, type Product } from "../../src/domain/Product.ts"

const price = (amountMinor: number, currency: string) => ({
  amountMinor: MinorUnits.make(amountMinor),
  currency: Currency.make(currency)
})

const product: Product = {
  organizationId: OrganizationId.make(uuidV7()),
  productId: makeProductId(),
  sku: "85123A",
  name: "White hanging heart",
  price: price(255, "GBP"),
  version: 3,
  createdAt: new Date(0),
  updatedAt: new Date(0)
}

describe("changeProduct", () => {
  it("raises the version with every change and keeps what the change does not name", () => {
    const renamed = changeProduct(product, { name: "Red hanging heart" })
    assert.deepStrictEqual(renamed, { ...product, name: "Red hanging heart", version: 4 })
    const dearer = changeProduct(renamed, { price: price(256, "GBP") })
    assert.deepStrictEqual(dearer, { ...renamed, price: price(256, "GBP"), version: 5 })
    assert.strictEqual(changeProduct(dearer, { price: price(256, "EUR") }).version, 6)
  })

  it("gives the same product, with the same version, when nothing is different", () => {
    assert.strictEqual(changeProduct(product, { name: product.name, price: price(255, "GBP") }), product)
  })
})

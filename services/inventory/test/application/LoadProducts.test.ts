import { assert, layer } from "@effect/vitest"
import { Currency, MinorUnits, type OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { BrowseInventory } from "../../src/application/BrowseInventory.ts"
import { LoadProducts, type ProductsToLoad, type ProductToLoad } from "../../src/application/LoadProducts.ts"
import { InventoryAudit } from "../../src/contract/InventoryAudit.ts"
import { eventsOf, everythingOf, inventoryOnFreshDatabase, newOrganization } from "../Fixtures.ts"

const GBP = Currency.make("GBP")

const product = (sku: string, given: Partial<ProductToLoad> = {}): ProductToLoad => ({
  sku,
  name: `The ${sku}`,
  price: { amountMinor: MinorUnits.make(255), currency: GBP },
  initialStock: 0,
  receipt: undefined,
  ...given
})

const load = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  products: ReadonlyArray<ProductToLoad>,
  existing: ProductsToLoad["existing"] = "CHANGE"
) {
  const { load: loading } = yield* LoadProducts
  return yield* loading({ tenant: { organizationId, principal: "import" }, products, existing, notes: "a file" })
})

/** SKU, price, version and stock of all products. */
const stocked = (organizationId: OrganizationId) =>
  Effect.gen(function* () {
    const browse = yield* BrowseInventory
    const all = yield* browse.stocked(organizationId, { after: undefined, limit: 100 })
    return all
      .map(({ onHand, product: { name, price, sku, version } }) => [sku, name, price.amountMinor, version, onHand])
      .toSorted()
  })

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("loading products", (it) => {
  it.effect("adds what is new with its stock, changes what is different, and leaves what is the same", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      assert.deepStrictEqual(yield* load(organization, [product("B", { initialStock: 7 }), product("A")]), [
        { outcome: "CREATED", received: 7 },
        { outcome: "CREATED", received: 0 }
      ])
      const before = yield* eventsOf(organization)
      const again = [product("A", { name: "Another" }), product("C"), product("B", { initialStock: 100 })]
      assert.deepStrictEqual(yield* load(organization, again), [
        { outcome: "CHANGED", received: 0 },
        { outcome: "CREATED", received: 0 },
        { outcome: "UNCHANGED", received: 0 }
      ])
      assert.deepStrictEqual(yield* stocked(organization), [
        ["A", "Another", 255, 2, 0],
        ["B", "The B", 255, 1, 7],
        ["C", "The C", 255, 1, 0]
      ])
      assert.deepStrictEqual(
        (yield* eventsOf(organization)).slice(before.length).map(({ event_type }) => event_type),
        ["product.created", "product.updated"]
      )
    })
  )

  it.effect("receives stock once for its key, however often it is loaded, and keeps what is there when it should", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      yield* load(organization, [product("OLD", { initialStock: 1 })])
      const keyed = (key: string) =>
        ["OLD", "NEW"].map((sku) =>
          product(sku, { name: "From the file", receipt: { idempotencyKey: `${key} ${sku}`, quantity: 10 } })
        )
      assert.deepStrictEqual(yield* load(organization, keyed("first"), "KEEP"), [
        { outcome: "UNCHANGED", received: 10 },
        { outcome: "CREATED", received: 10 }
      ])
      const before = yield* everythingOf(organization)
      const repeated = yield* Effect.forEach([1, 2, 3], () => load(organization, keyed("first"), "KEEP"), {
        concurrency: "unbounded"
      })
      for (const one of repeated.flat()) assert.deepStrictEqual(one, { outcome: "UNCHANGED", received: 0 })
      assert.strictEqual(yield* everythingOf(organization), before)
      yield* load(organization, keyed("second"), "KEEP")
      assert.deepStrictEqual(yield* stocked(organization), [
        ["NEW", "From the file", 255, 1, 20],
        ["OLD", "The OLD", 255, 1, 21]
      ])
    })
  )

  it.effect("is done once by those who load the same at once", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      const products = Array.from({ length: 200 }, (_, index) => product(`P-${index}`, { initialStock: 3 }))
      const loaded = yield* Effect.forEach(
        [products, products.toReversed(), products],
        (vector) => load(organization, vector),
        { concurrency: "unbounded" }
      )
      const outcomes = loaded.flat().map(({ outcome }) => outcome)
      assert.lengthOf(
        outcomes.filter((outcome) => outcome === "CREATED"),
        200
      )
      const audit = yield* InventoryAudit
      for (const check of audit.checks) {
        assert.deepStrictEqual((yield* check.chunk(organization, undefined)).findings, [])
      }
    })
  )

  it.effect("says beforehand what it would do, and changes nothing", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      const { rehearse } = yield* LoadProducts
      yield* load(organization, [product("A"), product("B")])
      const before = yield* everythingOf(organization)
      const tenant = { organizationId: organization, principal: "import" }
      const products = [product("A", { name: "Another" }), product("B"), product("C", { initialStock: 5 })]
      assert.deepStrictEqual(yield* rehearse({ tenant, products, existing: "CHANGE", notes: "a file" }), [
        { outcome: "CHANGED", received: 0 },
        { outcome: "UNCHANGED", received: 0 },
        { outcome: "CREATED", received: 5 }
      ])
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )
})

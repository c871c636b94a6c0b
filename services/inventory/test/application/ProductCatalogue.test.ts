import { assert, layer } from "@effect/vitest"
import { MinorUnits, makeProductId, type OrganizationId, type ProductId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Schedule } from "effect"
import { ChangeProduct } from "../../src/application/ChangeProduct.ts"
import { type CatalogueCursor, type CatalogueProduct, ProductCatalogue } from "../../src/contract/ProductCatalogue.ts"
import { EUR, inventoryOnFreshDatabase, newOrganization, productWithStock } from "../Fixtures.ts"

/** A copy of the catalogue, as a service that follows it keeps it. */
interface Copy {
  readonly products: ReadonlyMap<ProductId, CatalogueProduct>
  readonly cursor: CatalogueCursor | undefined
}
const emptyCopy: Copy = { products: new Map(), cursor: undefined }

const follow = Effect.fnUntraced(function* (organizations: ReadonlyArray<OrganizationId>, copy: Copy) {
  const catalogue = yield* ProductCatalogue
  const { cursor, products } = yield* catalogue.changesSince(organizations, copy.cursor)
  const merged = new Map(copy.products)
  for (const product of products) {
    const known = merged.get(product.productId)
    if (known === undefined || known.version <= product.version) merged.set(product.productId, product)
  }
  return { products: merged, cursor }
})

/** Follows until the copy is as wanted: transactions of other tests on the server hold changes back for a moment. */
const followUntil = (
  organizations: ReadonlyArray<OrganizationId>,
  start: Copy,
  isComplete: (copy: Copy) => boolean
) => {
  let copy = start
  return Effect.gen(function* () {
    copy = yield* follow(organizations, copy)
    return isComplete(copy) ? copy : yield* Effect.fail("not yet")
  }).pipe(Effect.retry(Schedule.spaced(20)), Effect.timeout(10_000), Effect.orDie)
}

const change = Effect.fnUntraced(function* (organization: OrganizationId, productId: ProductId, amountMinor: number) {
  const changeProduct = yield* ChangeProduct
  const price = { amountMinor: MinorUnits.make(amountMinor), currency: EUR }
  yield* Effect.orDie(changeProduct(organization, { _tag: "ById", productId }, { price }))
})

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("the catalogue", (it) => {
  it.effect("finds products by id and SKU, each once, and leaves unknown ones out", () =>
    Effect.gen(function* () {
      const catalogue = yield* ProductCatalogue
      const [organization, other] = [newOrganization(), newOrganization()]
      const first = yield* productWithStock(organization, 0, "FIRST")
      const second = yield* productWithStock(organization, 0, "SECOND")
      const foreign = yield* productWithStock(other, 0, "FOREIGN")
      const found = yield* catalogue.find(organization, {
        productIds: [first.productId, foreign.productId, makeProductId()],
        skus: ["SECOND", "FIRST", "FOREIGN", "THIRD"]
      })
      assert.deepStrictEqual(
        found.toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
        [first, second].map(({ productId, sku }) => ({
          organizationId: organization,
          productId,
          sku,
          priceMinor: MinorUnits.make(1999),
          currency: EUR,
          version: 1
        }))
      )
      assert.deepStrictEqual(yield* catalogue.find(organization, { productIds: [], skus: [] }), [])
    })
  )

  it.effect("shows a follower every product and then only what changed", () =>
    Effect.gen(function* () {
      const catalogue = yield* ProductCatalogue
      const [organization, other, unnamed] = [newOrganization(), newOrganization(), newOrganization()]
      const mine = yield* productWithStock(organization, 0)
      const theirs = yield* productWithStock(other, 0)
      yield* productWithStock(unnamed, 0)
      const named = [organization, other]
      const copy = yield* followUntil(named, emptyCopy, ({ products }) => products.size === 2)
      assert.deepStrictEqual([...copy.products.keys()].toSorted(), [mine.productId, theirs.productId].toSorted())
      assert.deepStrictEqual((yield* catalogue.changesSince(named, copy.cursor)).products, [])
      yield* change(organization, mine.productId, 2_500)
      const after = yield* followUntil(
        named,
        { products: new Map(), cursor: copy.cursor },
        ({ products }) => products.size > 0
      )
      assert.deepStrictEqual(
        [...after.products.values()].map(({ productId, priceMinor, version }) => [productId, priceMinor, version]),
        [[mine.productId, 2_500, 2]]
      )
    })
  )

  it.effect("skips no change that commits late", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const early = yield* productWithStock(organization, 0)
      const seen = yield* followUntil([organization], emptyCopy, ({ products }) => products.size === 1)
      const late = makeProductId()
      const meanwhile = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency)
            VALUES (${organization}, ${late}, 'LATE', 'Began first, committed last', 1, 'EUR')`
          yield* productWithStock(organization, 0, "QUICK")
          yield* change(organization, early.productId, 1)
          return yield* follow([organization], seen)
        })
      )
      assert.strictEqual(meanwhile.products.get(early.productId)?.version, 1)
      const copy = yield* followUntil([organization], meanwhile, ({ products }) => products.size === 3)
      assert.isTrue(copy.products.has(late))
      assert.strictEqual(copy.products.get(early.productId)?.version, 2)
    })
  )

  it.effect("pages through more products than one answer holds, also those of one transaction", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      yield* sql`INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency)
        SELECT ${organization}::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'BULK-' || n, 'Bulk', n, 'EUR' FROM generate_series(1, 2345) AS n`
      const sizes: Array<number> = []
      const copy = yield* followUntil([organization], emptyCopy, ({ products }) => {
        sizes.push(products.size)
        return products.size === 2_345
      })
      assert.strictEqual(copy.products.size, 2_345)
      sizes.forEach((size, index) => {
        assert.isAtMost(size - (sizes[index - 1] ?? 0), 1_000)
      })
    })
  )

  it.effect("gives changes in the order of their transactions, also where the numbers of these get a digit more", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const catalogue = yield* ProductCatalogue
      const organization = newOrganization()
      // Numbers as far apart as no test waits for; the table's own trigger would stamp the real ones.
      yield* sql`ALTER TABLE products DISABLE TRIGGER products_stamp_change`
      yield* sql`INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency, changed_xid)
        SELECT ${organization}::uuid, ('01900000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, 'DIGIT-' || n, 'Digits', n, 'EUR',
          (CASE WHEN n <= 1200 THEN 9 ELSE 10 END)::text::xid8 FROM generate_series(1, 1800) AS n`
      yield* sql`ALTER TABLE products ENABLE TRIGGER products_stamp_change`
      const first = yield* catalogue.changesSince([organization], undefined)
      const second = yield* catalogue.changesSince([organization], first.cursor)
      const prices = [...first.products, ...second.products].map(({ priceMinor }) => priceMinor)
      assert.deepStrictEqual(
        prices,
        Array.from({ length: 1_800 }, (_, index) => index + 1)
      )
    })
  )

  it.effect("goes through so many changes of others and no more, and says that there are more", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const catalogue = yield* ProductCatalogue
      const [busy, quiet] = [newOrganization(), newOrganization()]
      const begun = yield* followUntil([quiet], emptyCopy, () => true)
      yield* sql`INSERT INTO products (organization_id, product_id, sku, name, price_minor, currency)
        SELECT ${busy}::uuid, ('01900000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 'BUSY-' || n, 'Busy', n, 'EUR' FROM generate_series(1, 3000) AS n`
      const { productId } = yield* productWithStock(quiet, 0)
      let looks = 0
      const found = yield* followUntil([quiet], begun, ({ products }) => {
        looks += 1
        return products.size > 0
      })
      assert.deepStrictEqual([...found.products.keys()], [productId])
      assert.isAtLeast(looks, 3)
      const one = yield* catalogue.changesSince([quiet], begun.cursor)
      assert.deepInclude(one, { products: [], isLast: false })
    })
  )

  it.effect("begins again for a cursor that another server gave, and for one that cannot be read", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 0)
      yield* followUntil([organization], emptyCopy, ({ products }) => products.size === 1)
      const ofAnotherServer = JSON.stringify(["99999999999", productId, organization])
      for (const cursor of [ofAnotherServer, "", "[1]"]) {
        const again = yield* followUntil(
          [organization],
          { ...emptyCopy, cursor },
          ({ products }) => products.size === 1
        )
        assert.deepStrictEqual([...again.products.keys()], [productId])
      }
    })
  )
})

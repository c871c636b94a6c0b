import { assert, layer } from "@effect/vitest"
import { MinorUnits, makeProductId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { BrowseInventory } from "../../src/application/BrowseInventory.ts"
import { ChangeProduct } from "../../src/application/ChangeProduct.ts"
import { CreateProduct } from "../../src/application/CreateProduct.ts"
import {
  balanceOf,
  EUR,
  eventsOf,
  everythingOf,
  inventoryOnFreshDatabase,
  newOrganization,
  productWithStock
} from "../Fixtures.ts"

const price = (amountMinor: number) => ({ amountMinor: MinorUnits.make(amountMinor), currency: EUR })

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("products", (it) => {
  it.effect("are created with their stock, its movement and their events, all at once", () =>
    Effect.gen(function* () {
      const browse = yield* BrowseInventory
      const organization = newOrganization()
      const product = yield* productWithStock(organization, 12, "85123A")
      assert.deepStrictEqual(yield* balanceOf(organization, product.productId), { on_hand: 12, reserved: 0 })
      const movements = yield* browse.movements(organization, {
        productId: undefined,
        type: undefined,
        after: undefined,
        limit: 10
      })
      assert.deepStrictEqual(
        movements.map(({ productId, type, quantity, onHandAfter, reason, createdBy }) => ({
          productId,
          type,
          quantity,
          onHandAfter,
          reason,
          createdBy
        })),
        [
          {
            productId: product.productId,
            type: "receipt",
            quantity: 12,
            onHandAfter: 12,
            reason: "warehouse_receiving",
            createdBy: "tester"
          }
        ]
      )
      const events = yield* eventsOf(organization)
      assert.deepStrictEqual(
        events.map(({ event_type, aggregate_id }) => [event_type, aggregate_id]),
        [
          ["product.created", product.productId],
          ["inventory.adjusted", product.productId]
        ]
      )
      assert.deepStrictEqual(events[0]?.payload, {
        product_id: product.productId,
        sku: "85123A",
        name: "Product 85123A",
        price: { amount: "19.99", currency: "EUR" },
        version: 1
      })
    })
  )

  it.effect("without stock have an empty balance and no movement", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 0)
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 0, reserved: 0 })
      assert.deepStrictEqual(
        (yield* eventsOf(organization)).map(({ event_type }) => event_type),
        ["product.created"]
      )
    })
  )

  it.effect(
    "keep their SKU to themselves within an organization, also against a race, and the loser changes nothing",
    () =>
      Effect.gen(function* () {
        const createProduct = yield* CreateProduct
        const [organization, other] = [newOrganization(), newOrganization()]
        const request = {
          organizationId: organization,
          principal: "tester",
          sku: "POST",
          name: "Postage",
          price: price(100)
        }
        const attempts = yield* Effect.forEach(
          Array.from({ length: 8 }),
          () => Effect.result(createProduct({ ...request, initialStock: 3 })),
          { concurrency: "unbounded" }
        )
        const created = attempts.flatMap((attempt) => (attempt._tag === "Success" ? [attempt.success] : []))
        const refused = attempts.flatMap((attempt) => (attempt._tag === "Failure" ? [attempt.failure] : []))
        assert.lengthOf(created, 1)
        assert.lengthOf(refused, 7)
        for (const { productId, sku } of refused)
          assert.deepStrictEqual([productId, sku], [created[0]?.productId, "POST"])
        const before = yield* everythingOf(organization)
        yield* Effect.flip(createProduct({ ...request, initialStock: 3 }))
        assert.strictEqual(yield* everythingOf(organization), before)
        const elsewhere = yield* createProduct({ ...request, organizationId: other, initialStock: 0 })
        assert.notStrictEqual(elsewhere.productId, created[0]?.productId)
      })
  )

  it.effect("share one location MAIN, however many are created at once in a new organization", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      yield* Effect.forEach(Array.from({ length: 16 }), () => productWithStock(organization, 1), {
        concurrency: "unbounded"
      })
      const rows = yield* sql`SELECT l.code, count(*) AS balances
        FROM locations l JOIN inventory_balances b USING (organization_id, location_id)
        WHERE organization_id = ${organization} GROUP BY l.location_id, l.code`
      assert.deepStrictEqual(rows, [{ code: "MAIN", balances: 16 }])
    })
  )

  it.effect("rise in version with every change, also when several change them at once", () =>
    Effect.gen(function* () {
      const changeProduct = yield* ChangeProduct
      const browse = yield* BrowseInventory
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 0, "SHARED")
      const byId = { _tag: "ById", productId } as const
      const bySku = { _tag: "BySku", sku: "SHARED" } as const
      yield* Effect.forEach(
        Array.from({ length: 10 }, (_, index) => index),
        (index) => changeProduct(organization, index % 2 === 0 ? byId : bySku, { price: price(1_000 + index) }),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* browse.product(organization, byId)).version, 11)
      const versions = (yield* eventsOf(organization))
        .filter(({ event_type }) => event_type === "product.updated")
        .map(({ payload }) => payload.version)
      assert.deepStrictEqual(versions, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    })
  )

  it.effect("stay as they are, and silent, when a change changes nothing", () =>
    Effect.gen(function* () {
      const changeProduct = yield* ChangeProduct
      const organization = newOrganization()
      const product = yield* productWithStock(organization, 0)
      const before = yield* everythingOf(organization)
      const same = yield* changeProduct(
        organization,
        { _tag: "ById", productId: product.productId },
        { name: product.name, price: product.price }
      )
      assert.deepStrictEqual(same, product)
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("of others cannot be found or changed", () =>
    Effect.gen(function* () {
      const changeProduct = yield* ChangeProduct
      const browse = yield* BrowseInventory
      const [organization, other] = [newOrganization(), newOrganization()]
      const { productId, sku } = yield* productWithStock(other, 5)
      const before = yield* everythingOf(other)
      for (const reference of [
        { _tag: "ById", productId } as const,
        { _tag: "BySku", sku } as const,
        { _tag: "ById", productId: makeProductId() } as const
      ]) {
        const notFound = { _tag: "ProductNotFound" } as const
        assert.deepInclude(yield* Effect.flip(browse.product(organization, reference)), notFound)
        assert.deepInclude(yield* Effect.flip(changeProduct(organization, reference, { name: "Mine" })), notFound)
      }
      assert.strictEqual(yield* everythingOf(other), before)
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { makeProductId, type OrganizationId, type ProductId } from "@valerix/money-and-ids"
import { Effect } from "effect"
import { AddStock, type AddStockRequest } from "../../src/application/AddStock.ts"
import { BrowseInventory } from "../../src/application/BrowseInventory.ts"
import { InventoryCommands } from "../../src/contract/InventoryCommands.ts"
import {
  balanceOf,
  eventsOf,
  everythingOf,
  inventoryOnFreshDatabase,
  newOrganization,
  orderFor,
  productWithStock
} from "../Fixtures.ts"

const requestFor = (
  organizationId: OrganizationId,
  productId: ProductId,
  given: Partial<AddStockRequest> = {}
): AddStockRequest => ({
  tenant: { organizationId, principal: "clerk" },
  idempotencyKey: "delivery-1",
  product: { _tag: "ById", productId },
  quantity: 5,
  reason: "warehouse_receiving",
  referenceId: "PO-7",
  notes: "two boxes",
  ...given
})

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("adding stock", (it) => {
  it.effect("raises what is on hand, writes a movement and tells of it", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const organization = newOrganization()
      const { productId, sku } = yield* productWithStock(organization, 10)
      const added = yield* addStock(requestFor(organization, productId))
      assert.deepInclude(added, { isReplay: false, sku })
      assert.deepInclude(added.movement, {
        productId,
        type: "receipt",
        quantity: 5,
        onHandAfter: 15,
        referenceId: "PO-7",
        notes: "two boxes",
        createdBy: "clerk"
      })
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 15, reserved: 0 })
      const event = (yield* eventsOf(organization)).at(-1)
      assert.deepInclude(event, { event_type: "inventory.adjusted", aggregate_id: productId })
      assert.deepInclude(event?.payload, {
        sku,
        reason: "warehouse_receiving",
        adjustment_id: added.movement.transactionId,
        previous_quantity: 10,
        added_quantity: 5,
        new_quantity: 15
      })
    })
  )

  it.effect("has one effect per key, however many requests with it come at once", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 10)
      const answers = yield* Effect.forEach(
        Array.from({ length: 16 }),
        () => addStock(requestFor(organization, productId)),
        { concurrency: "unbounded" }
      )
      assert.lengthOf(
        answers.filter(({ isReplay }) => !isReplay),
        1
      )
      assert.lengthOf([...new Set(answers.map(({ movement }) => movement.transactionId))], 1)
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 15, reserved: 0 })
    })
  )

  it.effect("answers a replayed key with the numbers of the first time, whatever happened since", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const organization = newOrganization()
      const { productId, sku } = yield* productWithStock(organization, 10)
      const first = yield* addStock(requestFor(organization, productId))
      yield* addStock(requestFor(organization, productId, { idempotencyKey: "delivery-2", quantity: 100 }))
      const before = yield* everythingOf(organization)
      const replay = yield* addStock(requestFor(organization, productId, { product: { _tag: "BySku", sku } }))
      assert.deepStrictEqual(replay, { ...first, isReplay: true })
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("refuses a key that was used for anything else, and changes nothing", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 10)
      const other = yield* productWithStock(organization, 10)
      yield* addStock(requestFor(organization, productId))
      const before = yield* everythingOf(organization)
      for (const different of [
        { quantity: 6 },
        { reason: "correction" as const },
        { referenceId: "PO-8" },
        { referenceId: undefined },
        { notes: undefined },
        { product: { _tag: "ById", productId: other.productId } as const }
      ]) {
        const error = yield* Effect.flip(addStock(requestFor(organization, productId, different)))
        assert.strictEqual(error._tag, "IdempotencyKeyReused")
      }
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("keeps the keys of organizations and principals apart", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const [organization, other] = [newOrganization(), newOrganization()]
      const mine = yield* productWithStock(organization, 0)
      const theirs = yield* productWithStock(other, 0)
      yield* addStock(requestFor(organization, mine.productId))
      yield* addStock(
        requestFor(organization, mine.productId, { tenant: { organizationId: organization, principal: "robot" } })
      )
      yield* addStock(requestFor(other, theirs.productId))
      assert.deepStrictEqual(yield* balanceOf(organization, mine.productId), { on_hand: 10, reserved: 0 })
      assert.deepStrictEqual(yield* balanceOf(other, theirs.productId), { on_hand: 5, reserved: 0 })
    })
  )

  it.effect("of an unknown product fails, and leaves the key free", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 0)
      const error = yield* Effect.flip(addStock(requestFor(organization, makeProductId())))
      assert.strictEqual(error._tag, "ProductNotFound")
      assert.isFalse((yield* addStock(requestFor(organization, productId))).isReplay)
    })
  )

  it.effect("beside reservations adds up, and the movements are listed newest first", () =>
    Effect.gen(function* () {
      const addStock = yield* AddStock
      const commands = yield* InventoryCommands
      const browse = yield* BrowseInventory
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 20)
      const keys = Array.from({ length: 10 }, (_, index) => `delivery-${index}`)
      yield* Effect.all(
        [
          Effect.forEach(
            keys,
            (idempotencyKey) => addStock(requestFor(organization, productId, { idempotencyKey, reason: "correction" })),
            { concurrency: "unbounded" }
          ),
          Effect.forEach(keys, () => commands.reserve([orderFor(organization, [[productId, 2]])]), {
            concurrency: "unbounded"
          })
        ],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 70, reserved: 20 })
      const filter = { productId, after: undefined, limit: 50 }
      const movements = yield* browse.movements(organization, { ...filter, type: undefined })
      const ids = movements.map(({ transactionId }) => transactionId)
      assert.deepStrictEqual(ids, ids.toSorted().toReversed())
      assert.lengthOf(yield* browse.movements(organization, { ...filter, type: "adjustment" }), 10)
      assert.lengthOf(yield* browse.movements(organization, { ...filter, type: "issue" }), 0)
    })
  )
})

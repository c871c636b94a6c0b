import { assert, layer } from "@effect/vitest"
import { makeProductId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { InventoryCommands } from "../../src/contract/InventoryCommands.ts"
import {
  balanceOf,
  eventsOf,
  everythingOf,
  inventoryOnFreshDatabase,
  newOrganization,
  orderFor,
  productWithStock,
  releaseOf
} from "../Fixtures.ts"

/** When whoever waits for a vector goes on without it. */
const VECTOR_DEADLINE_MS = 2_000

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("reserving stock", (it) => {
  it.effect("sells exactly 50 of 50 to 500 orders that arrive in vectors of all sizes at once", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 50)
      const orders = Array.from({ length: 500 }, () => orderFor(organization, [[productId, 1]]))
      const sizes = [1, 2, 3, 64, 5, 100, 1, 40, 7, 128, 1, 30, 60, 58]
      const vectors = sizes.map((size, index) => {
        const start = sizes.slice(0, index).reduce((sum, before) => sum + before, 0)
        return orders.slice(start, start + size)
      })
      assert.lengthOf(vectors.flat(), 500)
      const outcomes = (yield* Effect.forEach(vectors, commands.reserve, { concurrency: "unbounded" })).flat()
      assert.lengthOf(
        outcomes.filter(({ _tag }) => _tag === "Done"),
        50
      )
      assert.lengthOf(
        outcomes.filter((outcome) => outcome._tag === "Rejected" && outcome.code === "insufficient_stock"),
        450
      )
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 50, reserved: 50 })
    })
  )

  it.effect("does not deadlock when vectors want the same products in opposite orders", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const products = yield* Effect.forEach(Array.from({ length: 6 }), () => productWithStock(organization, 1_000))
      const lines = products.map(({ productId }) => [productId, 1] as const)
      const vectors = Array.from({ length: 24 }, (_, index) =>
        Array.from({ length: 8 }, () => orderFor(organization, index % 2 === 0 ? lines : lines.toReversed()))
      )
      const outcomes = (yield* Effect.forEach(vectors, commands.reserve, { concurrency: "unbounded" })).flat()
      assert.isTrue(outcomes.every(({ _tag }) => _tag === "Done"))
      for (const { productId } of products) {
        assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 1_000, reserved: 192 })
      }
    })
  )

  it.effect("gives each order all of its lines or nothing, in the order of the vector", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const scarce = yield* productWithStock(organization, 3, "SCARCE")
      const plenty = yield* productWithStock(organization, 100, "PLENTY")
      const outcomes = yield* commands.reserve([
        orderFor(organization, [
          [plenty.productId, 5],
          [scarce.productId, 2]
        ]),
        orderFor(organization, [
          [plenty.productId, 5],
          [scarce.productId, 1],
          [scarce.productId, 1]
        ]),
        orderFor(organization, [[scarce.productId, 1]])
      ])
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Done", "Rejected", "Done"]
      )
      const refused = outcomes[1]
      assert.deepStrictEqual(refused?._tag === "Rejected" ? [refused.code, refused.details] : [], [
        "insufficient_stock",
        { product_id: scarce.productId, product_sku: "SCARCE", requested: 2, available: 1 }
      ])
      assert.deepStrictEqual(yield* balanceOf(organization, plenty.productId), { on_hand: 100, reserved: 5 })
      assert.deepStrictEqual(yield* balanceOf(organization, scarce.productId), { on_hand: 3, reserved: 3 })
    })
  )

  it.effect("rejects an unknown product, and one of another organization", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const [organization, other] = [newOrganization(), newOrganization()]
      const { productId: foreign } = yield* productWithStock(other, 10)
      yield* productWithStock(organization, 10)
      const unknown = makeProductId()
      const outcomes = yield* commands.reserve([
        orderFor(organization, [[unknown, 1]]),
        orderFor(organization, [[foreign, 1]]),
        orderFor(other, [[foreign, 1]])
      ])
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome._tag === "Rejected" ? [outcome.code, outcome.details] : outcome._tag)),
        [["product_not_found", { product_id: unknown }], ["product_not_found", { product_id: foreign }], "Done"]
      )
      assert.deepStrictEqual(yield* balanceOf(other, foreign), { on_hand: 10, reserved: 1 })
    })
  )

  it.effect("tells of every order once: what is held for it, or why nothing is", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 5)
      const held = orderFor(
        organization,
        [
          [productId, 2],
          [productId, 2]
        ],
        { correlationId: "trace-1" }
      )
      const refused = orderFor(organization, [[productId, 2]], { correlationId: "trace-2" })
      yield* commands.reserve([held, refused])
      yield* commands.reserve([held, refused])
      const events = (yield* eventsOf(organization)).filter(({ event_type }) => event_type.startsWith("inventory.res"))
      assert.deepStrictEqual(events, [
        {
          event_type: "inventory.reserved",
          aggregate_id: held.orderId,
          correlation_id: "trace-1",
          payload: { order_id: held.orderId, reservations: [{ product_id: productId, quantity: 4 }] }
        },
        {
          event_type: "inventory.reservation_failed",
          aggregate_id: refused.orderId,
          correlation_id: "trace-2",
          payload: { order_id: refused.orderId, product_id: productId, reason: "insufficient_stock" }
        }
      ])
    })
  )

  it.effect("answers a repeated command as before and changes nothing", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 5)
      const vector = [
        orderFor(organization, [[productId, 4]]),
        orderFor(organization, [[productId, 4]]),
        orderFor(organization, [[makeProductId(), 1]])
      ]
      const first = yield* commands.reserve(vector)
      assert.deepStrictEqual(
        first.map(({ _tag }) => _tag),
        ["Done", "Rejected", "Rejected"]
      )
      const before = yield* everythingOf(organization)
      assert.deepStrictEqual(yield* commands.reserve(vector), first)
      assert.deepStrictEqual(yield* commands.reserve(vector.toReversed()), first.toReversed())
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("keeps to a refusal even when there is stock by now", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 2)
      const holder = orderFor(organization, [[productId, 2]])
      const refused = orderFor(organization, [[productId, 1]])
      const first = yield* commands.reserve([holder, refused])
      yield* commands.release([releaseOf(holder)])
      assert.deepStrictEqual(yield* commands.reserve([refused]), first.slice(1))
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 2, reserved: 0 })
    })
  )

  it.effect("cancels a reserve that arrives after the order's release, and changes nothing", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 5)
      const order = orderFor(organization, [[productId, 4]])
      yield* commands.reserve([order])
      yield* commands.release([releaseOf(order)])
      const before = yield* everythingOf(organization)
      const newer = orderFor(organization, [[productId, 4]], { orderId: order.orderId, epoch: order.epoch + 5 })
      assert.deepStrictEqual(yield* commands.reserve([order]), [{ _tag: "Cancelled" }])
      assert.deepStrictEqual(yield* commands.reserve([newer]), [{ _tag: "Cancelled" }])
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("cancels a reserve that arrives after a release that found nothing", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 5)
      const order = orderFor(organization, [[productId, 4]])
      assert.deepStrictEqual(yield* commands.release([releaseOf(order)]), [{ _tag: "Done" }])
      assert.deepStrictEqual(yield* commands.reserve([order]), [{ _tag: "Cancelled" }])
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 5, reserved: 0 })
    })
  )

  it.effect("cancels commands of an older epoch and changes nothing", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 5)
      const order = orderFor(organization, [[productId, 4]], { epoch: 7 })
      yield* commands.reserve([order])
      const before = yield* everythingOf(organization)
      assert.deepStrictEqual(yield* commands.reserve([{ ...order, epoch: 6 }]), [{ _tag: "Cancelled" }])
      assert.deepStrictEqual(yield* commands.release([releaseOf(order, 6)]), [{ _tag: "Cancelled" }])
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("lets the other orders of a vector through when the database refuses the data of one", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 100)
      const bulk = yield* productWithStock(organization, 1)
      yield* sql`UPDATE inventory_balances SET on_hand = 9000000000 WHERE product_id = ${bulk.productId}`
      const sound = () => orderFor(organization, [[productId, 1]])
      const tooMuch = orderFor(
        organization,
        Array.from({ length: 2_001 }, () => [bulk.productId, 1_000_000] as const)
      )
      const unwritable = orderFor(organization, [[productId, 1]], { correlationId: "not\u0000text" })
      const outcomes = yield* commands.reserve([sound(), sound(), unwritable, sound(), tooMuch, sound(), sound()])
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome._tag === "Rejected" ? outcome.code : outcome._tag)),
        ["Done", "Done", "invalid_data", "Done", "invalid_data", "Done", "Done"]
      )
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 100, reserved: 5 })
    })
  )

  it.effect("serves an order once that stands twice in a vector", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 10)
      const order = orderFor(organization, [[productId, 3]])
      const other = orderFor(organization, [[productId, 3]])
      const outcomes = yield* commands.reserve([order, other, order])
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Done", "Done", "Done"]
      )
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 10, reserved: 6 })
    })
  )

  it.effect("reserves orders of the largest size, many in one vector", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const products = yield* Effect.forEach(Array.from({ length: 200 }), () => productWithStock(organization, 1_000))
      const lines = Array.from({ length: 10 }).flatMap(() => products.map(({ productId }) => [productId, 1] as const))
      const vector = Array.from({ length: 25 }, () => orderFor(organization, lines))
      const outcomes = yield* commands.reserve(vector)
      assert.isTrue(outcomes.every(({ _tag }) => _tag === "Done"))
      for (const { productId } of [products[0], products[199]].filter((product) => product !== undefined)) {
        assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 1_000, reserved: 250 })
      }
    })
  )

  it.effect("answers by its deadline when somebody holds a balance, and lets the vectors of others go on", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const { productId: held } = yield* productWithStock(organization, 10)
      const { productId: free } = yield* productWithStock(organization, 10)
      const order = orderFor(organization, [[held, 1]])
      const both = orderFor(organization, [
        [held, 1],
        [free, 1]
      ])
      const [waited, ...others] = yield* sql.withTransaction(
        Effect.andThen(
          sql`SELECT 1 FROM inventory_balances WHERE product_id = ${held} FOR UPDATE`,
          Effect.all(
            [
              commands.reserve([order, both]).pipe(Effect.timeoutOption(VECTOR_DEADLINE_MS)),
              commands.reserve([orderFor(organization, [[free, 1]])]),
              commands.reserve([orderFor(organization, [[free, 2]])])
            ],
            { concurrency: "unbounded" }
          )
        )
      )
      assert(waited._tag === "Some", "no answer by the deadline")
      assert.deepStrictEqual(
        waited.value.map(({ _tag }) => _tag),
        ["Unavailable", "Unavailable"]
      )
      assert.deepStrictEqual(others.flat(), [{ _tag: "Done" }, { _tag: "Done" }])
      // Nothing is held any more: what could not be done then can be done now.
      assert.deepStrictEqual(yield* commands.reserve([order, both]), [{ _tag: "Done" }, { _tag: "Done" }])
      assert.deepStrictEqual(yield* balanceOf(organization, held), { on_hand: 10, reserved: 2 })
      assert.deepStrictEqual(yield* balanceOf(organization, free), { on_hand: 10, reserved: 4 })
    })
  )

  it.effect("cannot be made to oversell, not even by the owner of the database", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 10)
      for (const statement of [
        sql`UPDATE inventory_balances SET reserved = 11 WHERE product_id = ${productId}`,
        sql`UPDATE inventory_balances SET reserved = -1 WHERE product_id = ${productId}`,
        sql`UPDATE inventory_balances SET on_hand = -1 WHERE product_id = ${productId}`
      ]) {
        const error = yield* Effect.flip(statement)
        assert.strictEqual(error.reason._tag, "ConstraintError")
      }
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 10, reserved: 0 })
    })
  )

  it.effect("takes an empty vector", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      assert.deepStrictEqual(yield* commands.reserve([]), [])
      assert.deepStrictEqual(yield* commands.release([]), [])
    })
  )
})

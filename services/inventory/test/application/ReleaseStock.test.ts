import { assert, layer } from "@effect/vitest"
import { allFindings } from "@valerix/testing"
import { Effect } from "effect"
import { InventoryAudit } from "../../src/contract/InventoryAudit.ts"
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

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("releasing stock", (it) => {
  it.effect("makes what the orders held available again, and tells of it once", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const first = yield* productWithStock(organization, 10)
      const second = yield* productWithStock(organization, 10)
      const order = orderFor(
        organization,
        [
          [first.productId, 2],
          [second.productId, 3]
        ],
        { correlationId: "trace-9" }
      )
      const kept = orderFor(organization, [[first.productId, 1]])
      yield* commands.reserve([order, kept])
      assert.deepStrictEqual(yield* commands.release([releaseOf(order)]), [{ _tag: "Done" }])
      assert.deepStrictEqual(yield* balanceOf(organization, first.productId), { on_hand: 10, reserved: 1 })
      assert.deepStrictEqual(yield* balanceOf(organization, second.productId), { on_hand: 10, reserved: 0 })
      const released = (yield* eventsOf(organization)).filter(({ event_type }) => event_type === "inventory.released")
      assert.deepStrictEqual(released, [
        {
          event_type: "inventory.released",
          aggregate_id: order.orderId,
          correlation_id: "trace-9",
          payload: {
            order_id: order.orderId,
            reservations: [
              { product_id: first.productId, quantity: 2 },
              { product_id: second.productId, quantity: 3 }
            ]
          }
        }
      ])
    })
  )

  it.effect("is done when it is repeated, and changes nothing", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 10)
      const order = orderFor(organization, [[productId, 2]])
      const unknown = orderFor(organization, [[productId, 2]])
      yield* commands.reserve([order])
      const vector = [releaseOf(order), releaseOf(unknown)]
      yield* commands.release(vector)
      const before = yield* everythingOf(organization)
      assert.deepStrictEqual(yield* commands.release([...vector, releaseOf(order)]), [
        { _tag: "Done" },
        { _tag: "Done" },
        { _tag: "Done" }
      ])
      assert.strictEqual(yield* everythingOf(organization), before)
    })
  )

  it.effect("either comes after an order's reserve or before it, and leaves nothing held in both cases", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const audit = yield* InventoryAudit
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 100)
      const orders = Array.from({ length: 60 }, () => orderFor(organization, [[productId, 1]]))
      const vectors = Array.from({ length: 12 }, (_, index) => orders.slice(index * 5, index * 5 + 5))
      yield* Effect.forEach(
        vectors.flatMap((vector) => [
          Effect.asVoid(commands.reserve(vector)),
          Effect.asVoid(commands.release(vector.map((order) => releaseOf(order))))
        ]),
        (command) => command,
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 100, reserved: 0 })
      const held = yield* audit.reservationsOf(
        organization,
        orders.map(({ orderId }) => orderId)
      )
      assert.isFalse(held.some(({ _tag }) => _tag === "Reserved"))
      assert.deepStrictEqual(yield* allFindings(audit.checks, [organization]), [])
    })
  )

  it.effect("releases orders of several organizations in one vector, each its own", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organizations = [newOrganization(), newOrganization(), newOrganization()]
      const products = yield* Effect.forEach(organizations, (organization) => productWithStock(organization, 5))
      const orders = products.map(({ organizationId, productId }) => orderFor(organizationId, [[productId, 5]]))
      yield* commands.reserve(orders)
      yield* commands.release(orders.slice(0, 2).map((order) => releaseOf(order)))
      const reserved = yield* Effect.forEach(products, ({ organizationId, productId }) =>
        Effect.map(balanceOf(organizationId, productId), (balance) => balance.reserved)
      )
      assert.deepStrictEqual(reserved, [0, 0, 5])
    })
  )
})

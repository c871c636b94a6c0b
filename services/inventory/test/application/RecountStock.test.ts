import { assert, layer } from "@effect/vitest"
import { allFindings, OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { AddStock } from "../../src/application/AddStock.ts"
import { InventoryAudit } from "../../src/contract/InventoryAudit.ts"
import { InventoryCommands } from "../../src/contract/InventoryCommands.ts"
import { StockRecount } from "../../src/contract/StockRecount.ts"
import {
  balanceOf,
  inventoryOnFreshDatabase,
  newOrganization,
  orderFor,
  productWithStock,
  releaseOf
} from "../Fixtures.ts"

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("recounting stock", (it) => {
  it.effect("changes nothing of a balance that agrees with its books, nor of another organization's", () =>
    Effect.gen(function* () {
      const recount = yield* StockRecount
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 10)
      assert.deepStrictEqual(yield* recount(organization, productId), { _tag: "Sound" })
      yield* sql`UPDATE inventory_balances SET reserved = 3 WHERE product_id = ${productId}`
      assert.deepStrictEqual(yield* recount(newOrganization(), productId), { _tag: "Sound" })
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 10, reserved: 3 })
      assert.strictEqual((yield* recount(organization, productId))._tag, "Corrected")
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 10, reserved: 0 })
    })
  )

  it.effect("leaves it to a person when more is held than came in", () =>
    Effect.gen(function* () {
      const recount = yield* StockRecount
      const commands = yield* InventoryCommands
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 5)
      yield* commands.reserve([orderFor(organization, [[productId, 5]])])
      yield* sql`UPDATE inventory_reservations SET quantity = 6 WHERE product_id = ${productId}`
      const recounted = yield* recount(organization, productId)
      assert.strictEqual(recounted._tag, "Unclear")
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 5, reserved: 5 })
    })
  )

  it.effect("puts a balance right while it is reserved, released and added to", () =>
    Effect.gen(function* () {
      const recount = yield* StockRecount
      const commands = yield* InventoryCommands
      const addStock = yield* AddStock
      const audit = yield* InventoryAudit
      const { sql } = yield* OwnerDatabase
      const organization = newOrganization()
      const { productId } = yield* productWithStock(organization, 100)
      yield* sql`UPDATE inventory_balances SET reserved = 7, on_hand = 120 WHERE product_id = ${productId}`
      const order = (index: number) =>
        Effect.gen(function* () {
          const one = orderFor(organization, [[productId, 1]])
          yield* commands.reserve([one])
          if (index % 2 === 0) yield* commands.release([releaseOf(one)])
        })
      const delivery = (index: number) =>
        addStock({
          tenant: { organizationId: organization, principal: "clerk" },
          idempotencyKey: `delivery-${index}`,
          product: { _tag: "ById", productId },
          quantity: 1,
          reason: "warehouse_receiving",
          referenceId: undefined,
          notes: undefined
        })
      const [first] = yield* Effect.all(
        [
          recount(organization, productId),
          ...Array.from({ length: 20 }, (_, index) => Effect.asVoid(order(index))),
          ...Array.from({ length: 10 }, (_, index) => Effect.asVoid(Effect.orDie(delivery(index)))),
          Effect.asVoid(recount(organization, productId))
        ],
        { concurrency: 8 }
      )
      assert.strictEqual(first?._tag, "Corrected")
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 110, reserved: 10 })
      assert.deepStrictEqual(yield* allFindings(audit.checks, [organization]), [])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { layerParticipantPostgres } from "@valerix/saga"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber, Latch, Layer } from "effect"
import { layerReservationRepositoryPostgres } from "../../src/adapters/postgres/ReservationRepositoryPostgres.ts"
import { AddStock } from "../../src/application/AddStock.ts"
import { ReservationRepository } from "../../src/application/ports/ReservationRepository.ts"
import { makeReserveStock } from "../../src/application/ReserveStock.ts"
import { InventoryCommands } from "../../src/contract/InventoryCommands.ts"
import { balanceOf, inventoryOnFreshDatabase, newOrganization, orderFor, productWithStock } from "../Fixtures.ts"

/** A product that nobody has received stock of. */
const productWithoutBalance = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const { sql } = yield* OwnerDatabase
  const { productId } = yield* productWithStock(organizationId, 0)
  yield* sql`DELETE FROM inventory_balances WHERE product_id = ${productId}`
  return productId
}, Effect.orDie)

const receive = (organizationId: OrganizationId, productId: ProductId, idempotencyKey: string) =>
  Effect.flatMap(AddStock, (addStock) =>
    addStock({
      tenant: { organizationId, principal: "clerk" },
      idempotencyKey,
      product: { _tag: "ById", productId },
      quantity: 5,
      reason: "warehouse_receiving",
      referenceId: undefined,
      notes: undefined
    })
  )

const atOnce = { concurrency: "unbounded" } as const

/** A place where so many wait for each other. */
const meetingOf = Effect.fnUntraced(function* (count: number) {
  const latch = yield* Latch.make(false)
  let arrived = 0
  return Effect.suspend(() => {
    arrived += 1
    return arrived === count ? latch.open : latch.await
  })
})

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("a balance that is new", (it) => {
  it.effect("is no order's to take from that did not lock it: none is refused for its data, none oversells", () =>
    Effect.gen(function* () {
      const organization = newOrganization()
      const productId = yield* productWithoutBalance(organization)
      const received = yield* Latch.make(false)
      const bothLocked = yield* meetingOf(3)
      const bothRead = yield* meetingOf(2)
      const slow = Layer.effect(
        ReservationRepository,
        Effect.map(ReservationRepository, (real) => ({
          ...real,
          lockStock: (products) => Effect.tap(real.lockStock(products), Effect.andThen(bothLocked, received.await)),
          availableStock: (products, locked) => Effect.tap(real.availableStock(products, locked), bothRead)
        }))
      ).pipe(Layer.provide(layerReservationRepositoryPostgres), Layer.provideMerge(layerParticipantPostgres()))
      const orders = [orderFor(organization, [[productId, 8]]), orderFor(organization, [[productId, 8]])]
      const reserving = yield* Effect.flatMap(makeReserveStock, (reserve) =>
        Effect.forEach(orders, (order) => reserve([order]), atOnce)
      ).pipe(Effect.provide(slow), Effect.forkScoped)
      yield* bothLocked
      yield* Effect.all([receive(organization, productId, "one"), receive(organization, productId, "two")], atOnce)
      yield* received.open
      // They came before the receipts: there was nothing to take.
      for (const outcome of (yield* Fiber.join(reserving)).flat()) {
        assert(outcome._tag === "Rejected", outcome._tag)
        assert.strictEqual(outcome.code, "insufficient_stock")
        assert.strictEqual(outcome.details?.["available"], 0)
      }
      assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 10, reserved: 0 })
      const commands = yield* InventoryCommands
      assert.deepStrictEqual(yield* commands.reserve([orderFor(organization, [[productId, 8]])]), [{ _tag: "Done" }])
    })
  )

  it.effect("holds all receipts and all orders that race for it, whatever their order", () =>
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const organization = newOrganization()
      for (let round = 0; round < 15; round += 1) {
        const productId = yield* productWithoutBalance(organization)
        const reserve = () => commands.reserve([orderFor(organization, [[productId, 3]])])
        const racing = [
          receive(organization, productId, `one of ${round}`),
          reserve(),
          reserve(),
          receive(organization, productId, `two of ${round}`),
          reserve(),
          reserve()
        ]
        const outcomes = (yield* Effect.all(racing, atOnce)).flatMap((result) => ("movement" in result ? [] : result))
        const done = outcomes.filter(({ _tag }) => _tag === "Done").length
        for (const outcome of outcomes) {
          assert.isTrue(
            outcome._tag === "Done" || (outcome._tag === "Rejected" && outcome.code === "insufficient_stock")
          )
        }
        assert.deepStrictEqual(yield* balanceOf(organization, productId), { on_hand: 10, reserved: 3 * done })
      }
    })
  )
})

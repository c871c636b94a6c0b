import { assert, layer } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { allFindings, type OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import fc from "fast-check"
import type { CreateProduct } from "../../src/application/CreateProduct.ts"
import { InventoryAudit } from "../../src/contract/InventoryAudit.ts"
import { InventoryCommands } from "../../src/contract/InventoryCommands.ts"
import { Clerk } from "../Clerk.ts"
import {
  balanceOf,
  inventoryOnFreshDatabase,
  newOrganization,
  orderFor,
  productWithStock,
  releaseOf
} from "../Fixtures.ts"

const ORDERS = 5
const STOCK: ReadonlyArray<number> = [6, 9]

interface Drawn {
  readonly order: number
  readonly epoch: number
  readonly wants: ReadonlyArray<number>
}

const commands = fc.array(
  fc.record<Drawn>({
    order: fc.nat(ORDERS - 1),
    epoch: fc.integer({ min: 1, max: 4 }),
    wants: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5 }))
  }),
  { minLength: 1, maxLength: 6 }
)
const vectors = fc.array(fc.record({ kind: fc.constantFrom("reserve", "reserve", "release"), commands }), {
  minLength: 1,
  maxLength: 6
})

const run = Effect.fnUntraced(function* (
  drawn: ReadonlyArray<{ readonly kind: string; readonly commands: ReadonlyArray<Drawn> }>
) {
  const inventory = yield* InventoryCommands
  const audit = yield* InventoryAudit
  const organization = newOrganization()
  const products = yield* Effect.forEach(STOCK, (quantity) => productWithStock(organization, quantity))
  const orderIds = Array.from({ length: ORDERS }, () => makeOrderId())
  const clerk = new Clerk(STOCK, ORDERS)

  const orderOf = ({ epoch, order, wants }: Drawn) =>
    orderFor(
      organization,
      products
        .map(({ productId }, index) => [productId, wants[index] ?? 0] as const)
        .filter(([, wanted]) => wanted > 0),
      { orderId: orderIds[order] ?? makeOrderId(), epoch }
    )

  for (const vector of drawn) {
    const orders = vector.commands.map(orderOf)
    const isRelease = vector.kind === "release"
    const expected = vector.commands.map(({ epoch, order, wants }) =>
      isRelease ? clerk.release(order, epoch) : clerk.reserve(order, epoch, wants)
    )
    const outcomes = isRelease
      ? yield* inventory.release(orders.map((order) => releaseOf(order)))
      : yield* inventory.reserve(orders)
    assert.deepStrictEqual(
      outcomes.map(({ _tag }) => _tag),
      expected
    )
  }

  const available = yield* Effect.forEach(products, ({ productId }) =>
    Effect.map(balanceOf(organization, productId), ({ on_hand, reserved }) => on_hand - reserved)
  )
  assert.deepStrictEqual(available, clerk.available)
  assert.deepStrictEqual(yield* allFindings(audit.checks, [organization]), [])
})

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("any sequence of commands", (it) => {
  it.effect(
    "is answered, and changes the stock, as if one clerk served one command after the other",
    () =>
      Effect.gen(function* () {
        const services = yield* Effect.context<InventoryCommands | InventoryAudit | CreateProduct | OwnerDatabase>()
        const property = fc.asyncProperty(vectors, (drawn) => Effect.runPromiseWith(services)(run(drawn)))
        yield* Effect.promise(() => fc.assert(property, { numRuns: 60 }))
      }),
    60_000
  )
})

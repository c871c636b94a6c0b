import { assert, layer } from "@effect/vitest"
import { makeOrderId, type OrganizationId, type ProductId } from "@valerix/money-and-ids"
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

const ORGANIZATIONS = 3
const ORDERS = 4
const STOCK: ReadonlyArray<number> = [7, 12, 5]
/** In a line, the number after the last of one's own products means another organization's. */
const FOREIGN = STOCK.length

interface DrawnLine {
  readonly product: number
  readonly quantity: number
}

interface DrawnOrder {
  readonly organization: number
  readonly order: number
  readonly lines: ReadonlyArray<DrawnLine>
}

interface DrawnVector {
  readonly kind: "reserve" | "release"
  readonly orders: ReadonlyArray<DrawnOrder>
}

/** Few products and many lines, so that a product often stands in several of them. */
const line = fc.record<DrawnLine>({
  product: fc.oneof({ weight: 9, arbitrary: fc.nat(STOCK.length - 1) }, { weight: 1, arbitrary: fc.constant(FOREIGN) }),
  quantity: fc.integer({ min: 1, max: 4 })
})
const vectors = fc.array(
  fc.record<DrawnVector>({
    kind: fc.constantFrom("reserve", "reserve", "reserve", "release"),
    orders: fc.array(
      fc.record<DrawnOrder>({
        organization: fc.nat(ORGANIZATIONS - 1),
        order: fc.nat(ORDERS - 1),
        lines: fc.array(line, { minLength: 1, maxLength: 4 })
      }),
      { minLength: 1, maxLength: 10 }
    )
  }),
  { minLength: 1, maxLength: 5 }
)

const summed = (lines: ReadonlyArray<DrawnLine>): ReadonlyArray<number> => {
  const wants = Array.from({ length: FOREIGN + 1 }, () => 0)
  for (const { product, quantity } of lines) wants[product] = (wants[product] ?? 0) + quantity
  return wants
}

interface Shop {
  readonly organization: OrganizationId
  readonly products: ReadonlyArray<ProductId>
  readonly orderIds: ReadonlyArray<ReturnType<typeof makeOrderId>>
}

const openShops = Effect.forEach(Array.from({ length: ORGANIZATIONS }), () =>
  Effect.gen(function* () {
    const organization = newOrganization()
    const made = yield* Effect.forEach(STOCK, (quantity) => productWithStock(organization, quantity))
    const shop: Shop = {
      organization,
      products: made.map(({ productId }) => productId),
      orderIds: Array.from({ length: ORDERS }, () => makeOrderId())
    }
    return shop
  })
)

const at = <A>(items: ReadonlyArray<A>, index: number): A => {
  const item = items[index % items.length]
  if (item === undefined) throw new RangeError(`there is nothing at ${index}`)
  return item
}

const commandOf = (shops: ReadonlyArray<Shop>, { lines, order, organization }: DrawnOrder) => {
  const shop = at(shops, organization)
  const foreign = at(at(shops, organization + 1).products, 0)
  return orderFor(
    shop.organization,
    lines.map(({ product, quantity }) => [product === FOREIGN ? foreign : at(shop.products, product), quantity]),
    { orderId: at(shop.orderIds, order) }
  )
}

const send = Effect.fnUntraced(function* (shops: ReadonlyArray<Shop>, { kind, orders }: DrawnVector) {
  const inventory = yield* InventoryCommands
  const commands = orders.map((order) => commandOf(shops, order))
  return kind === "release"
    ? yield* inventory.release(commands.map((command) => releaseOf(command)))
    : yield* inventory.reserve(commands)
})

const availableIn = (shop: Shop) =>
  Effect.forEach(shop.products, (productId) =>
    Effect.map(balanceOf(shop.organization, productId), ({ on_hand, reserved }) => on_hand - reserved)
  )

const oneAfterTheOther = Effect.fnUntraced(function* (drawn: ReadonlyArray<DrawnVector>) {
  const audit = yield* InventoryAudit
  const shops = yield* openShops
  const clerks = shops.map(() => new Clerk(STOCK, ORDERS))
  for (const vector of drawn) {
    const expected = vector.orders.map(({ lines, order, organization }) =>
      vector.kind === "release"
        ? at(clerks, organization).release(order, 1)
        : at(clerks, organization).reserve(order, 1, summed(lines))
    )
    const outcomes = yield* send(shops, vector)
    assert.deepStrictEqual(
      outcomes.map(({ _tag }) => _tag),
      expected
    )
  }
  for (const [index, shop] of shops.entries()) {
    assert.deepStrictEqual(yield* availableIn(shop), at(clerks, index).available.slice(0, STOCK.length))
  }
  assert.deepStrictEqual(
    yield* allFindings(
      audit.checks,
      shops.map(({ organization }) => organization)
    ),
    []
  )
})

const allAtOnce = Effect.fnUntraced(function* (drawn: ReadonlyArray<DrawnVector>) {
  const audit = yield* InventoryAudit
  const shops = yield* openShops
  const outcomes = yield* Effect.forEach(drawn, (vector) => send(shops, vector), { concurrency: "unbounded" })
  const tags = outcomes.flat().map(({ _tag }) => _tag)
  // No vector stands in another's way for long, and none dies of a deadlock.
  assert.notInclude(tags, "Unavailable")
  for (const [index, shop] of shops.entries()) {
    const held = yield* Effect.flatMap(InventoryAudit, (service) =>
      service.reservationsOf(shop.organization, shop.orderIds)
    )
    const reserved = held.reduce((sum, one) => sum + (one._tag === "Reserved" ? one.quantity : 0), 0)
    const available = yield* availableIn(shop)
    assert.isTrue(available.every((quantity) => quantity >= 0))
    const gone = STOCK.reduce((sum, quantity) => sum + quantity, 0) - available.reduce((sum, one) => sum + one, 0)
    assert.strictEqual(gone, reserved, `shop ${index}`)
  }
  assert.deepStrictEqual(
    yield* allFindings(
      audit.checks,
      shops.map(({ organization }) => organization)
    ),
    []
  )
})

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("vectors of several organizations' orders", (it) => {
  const holds = (
    run: (
      drawn: ReadonlyArray<DrawnVector>
    ) => Effect.Effect<void, never, InventoryCommands | InventoryAudit | CreateProduct | OwnerDatabase>,
    numRuns: number
  ) =>
    Effect.gen(function* () {
      const services = yield* Effect.context<InventoryCommands | InventoryAudit | CreateProduct | OwnerDatabase>()
      const property = fc.asyncProperty(vectors, (drawn) => Effect.runPromiseWith(services)(run(drawn)))
      yield* Effect.promise(() => fc.assert(property, { numRuns }))
    })

  it.effect("are decided as if each organization had a clerk who serves its orders one after the other", () =>
    holds(oneAfterTheOther, 25)
  )

  it.effect("give out no piece twice and keep none back, also when they come at once", () => holds(allAtOnce, 15))
})

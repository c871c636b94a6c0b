import { assert } from "@effect/vitest"
import { makeOrderId, makeProductId, type OrderId, type OrganizationId, type ProductId } from "@valerix/money-and-ids"
import { Effect, Exit } from "effect"
import type { Take } from "../../src/domain/Allocation.ts"
import { newOrganization } from "../Fixtures.ts"
import { inTransaction, type ReservationBench, Shelf } from "./ReservationBench.ts"

interface Product {
  readonly organizationId: OrganizationId
  readonly productId: ProductId
  readonly locationId: string
}

const product = Effect.fnUntraced(function* (onHand: number, organizationId: OrganizationId = newOrganization()) {
  const shelf = yield* Shelf
  return { ...(yield* shelf.put(organizationId, onHand, `SKU-${makeProductId()}`)), organizationId }
})

const orderOf = (organizationId: OrganizationId) => ({ organizationId, orderId: makeOrderId() })

const takeOf = (orderId: OrderId, { locationId, organizationId, productId }: Product, quantity: number): Take => {
  return { organizationId, orderId, productId, locationId, quantity }
}

const hold = (...takes: ReadonlyArray<Take>) => inTransaction(takes, (repository) => repository.hold(takes))

const balanceOf = ({ organizationId, productId }: Product) =>
  Effect.flatMap(Shelf, (shelf) => shelf.balanceOf(organizationId, productId))

/** Dies, and leaves the product as it was. */
const isRefused = Effect.fnUntraced(function* (product: Product, ...takes: ReadonlyArray<Take>) {
  const before = yield* balanceOf(product)
  assert.isTrue(Exit.hasDies(yield* Effect.exit(hold(...takes))))
  assert.deepStrictEqual(yield* balanceOf(product), before)
})

const REFUSAL = { code: "insufficient_stock", message: "There is too little.", details: { requested: 4 } }

/** What every ReservationRepository promises. */
export const reservationRepositoryContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, ReservationBench>]
> = Object.entries({
  "moves what is taken from available to reserved, and writes it down": Effect.gen(function* () {
    const mug = yield* product(5)
    const pen = yield* product(2, mug.organizationId)
    const order = orderOf(mug.organizationId)
    yield* hold(takeOf(order.orderId, mug, 3), takeOf(order.orderId, pen, 1))
    assert.deepStrictEqual(yield* balanceOf(mug), { onHand: 5, reserved: 3 })
    const held = yield* inTransaction([order], (repository) => repository.ofOrders([order, order]))
    assert.deepStrictEqual(
      held.map(({ reservationId: _, ...reservation }) => reservation),
      [mug, pen]
        .toSorted((a, b) => (a.productId < b.productId ? -1 : 1))
        .map((one) => ({ ...takeOf(order.orderId, one, one === mug ? 3 : 1), status: "RESERVED" as const }))
    )
    assert.strictEqual(new Set(held.map(({ reservationId }) => reservationId)).size, 2)
  }),

  "never reserves more than there is, nor anything that is not there": Effect.gen(function* () {
    const mug = yield* product(5)
    const { orderId, organizationId } = orderOf(mug.organizationId)
    yield* isRefused(mug, takeOf(orderId, mug, 6))
    yield* isRefused(mug, takeOf(orderId, mug, 3), takeOf(makeOrderId(), mug, 3))
    yield* isRefused(mug, takeOf(orderId, mug, 0))
    yield* isRefused(mug, takeOf(orderId, mug, 1), takeOf(orderId, { ...mug, productId: makeProductId() }, 1))
    yield* isRefused(mug, takeOf(orderId, { ...mug, locationId: makeProductId() }, 1))
    const elsewhere = yield* product(5)
    yield* isRefused(mug, takeOf(orderId, { ...elsewhere, organizationId }, 1))
  }),

  "holds a product for an order once": Effect.gen(function* () {
    const mug = yield* product(5)
    const order = orderOf(mug.organizationId)
    yield* hold(takeOf(order.orderId, mug, 1))
    yield* isRefused(mug, takeOf(order.orderId, mug, 1))
    yield* inTransaction([order], (repository) => repository.release([order]))
    yield* isRefused(mug, takeOf(order.orderId, mug, 1))
  }),

  "tells of each order that was decided what was decided, once": Effect.gen(function* () {
    const mug = yield* product(5)
    const pen = yield* product(5, mug.organizationId)
    const [held, refused, open] = [
      orderOf(mug.organizationId),
      orderOf(mug.organizationId),
      orderOf(mug.organizationId)
    ]
    yield* hold(takeOf(held.orderId, mug, 1), takeOf(held.orderId, pen, 1))
    yield* inTransaction([refused], (repository) => repository.refuse([{ ...refused, refusal: REFUSAL }]))
    const decisions = yield* inTransaction([open], (repository) =>
      repository.earlierDecisions([open, held, refused, held])
    )
    assert.sameDeepMembers(
      [...decisions],
      [
        { ...held, refusal: undefined },
        { ...refused, refusal: REFUSAL }
      ]
    )
    const again = inTransaction([refused], (repository) => repository.refuse([{ ...refused, refusal: REFUSAL }]))
    assert.isTrue(Exit.hasDies(yield* Effect.exit(again)))
  }),

  "counts as available only what was locked": Effect.gen(function* () {
    const mug = yield* product(5)
    const pen = yield* product(2, mug.organizationId)
    const unknown = { ...mug, productId: makeProductId() }
    const wanted = [pen, mug, unknown, mug].map(({ organizationId, productId }) => ({ organizationId, productId }))
    const stock = yield* inTransaction([mug], (repository) =>
      Effect.gen(function* () {
        const locked = yield* repository.lockStock(wanted)
        assert.sameDeepMembers([...locked], wanted.slice(0, 2))
        return yield* repository.availableStock(wanted, wanted.slice(0, 1))
      })
    )
    assert.sameDeepMembers(
      stock.map(({ available, locationId, productId }) => ({ available, locationId, productId })),
      [
        { available: 2, locationId: pen.locationId, productId: pen.productId },
        { available: 0, locationId: mug.locationId, productId: mug.productId }
      ]
    )
  }),

  "makes available again what an order holds, once": Effect.gen(function* () {
    const mug = yield* product(5)
    const [order, other] = [orderOf(mug.organizationId), orderOf(mug.organizationId)]
    yield* hold(takeOf(order.orderId, mug, 2), takeOf(other.orderId, mug, 1))
    const release = inTransaction([order], (repository) => repository.release([order, order]))
    assert.deepStrictEqual(
      (yield* release).map(({ orderId, quantity, status }) => ({ orderId, quantity, status })),
      [{ orderId: order.orderId, quantity: 2, status: "RELEASED" }]
    )
    assert.deepStrictEqual(yield* balanceOf(mug), { onHand: 5, reserved: 1 })
    assert.deepStrictEqual(yield* release, [])
    assert.deepStrictEqual(yield* balanceOf(mug), { onHand: 5, reserved: 1 })
    const decisions = yield* inTransaction([order], (repository) => repository.earlierDecisions([order]))
    assert.deepStrictEqual(decisions, [{ ...order, refusal: undefined }])
  }),

  "forgets what was rolled back": Effect.gen(function* () {
    const mug = yield* product(5)
    const order = orderOf(mug.organizationId)
    const takes = [takeOf(order.orderId, mug, 2)]
    const failing = inTransaction([order], (repository) =>
      Effect.andThen(repository.hold(takes), Effect.fail("out of time"))
    )
    assert.strictEqual(yield* Effect.flip(failing), "out of time")
    assert.deepStrictEqual(yield* balanceOf(mug), { onHand: 5, reserved: 0 })
    assert.deepStrictEqual(yield* inTransaction([order], (repository) => repository.ofOrders([order])), [])
  }),

  "does nothing for nobody": inTransaction([], (repository) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* repository.earlierDecisions([]), [])
      assert.deepStrictEqual(yield* repository.lockStock([]), [])
      assert.deepStrictEqual(yield* repository.availableStock([], []), [])
      assert.deepStrictEqual(yield* repository.release([]), [])
      assert.deepStrictEqual(yield* repository.ofOrders([]), [])
      yield* repository.hold([])
      yield* repository.refuse([])
    })
  )
})

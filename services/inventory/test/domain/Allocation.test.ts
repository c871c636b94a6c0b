import { assert, describe, it } from "@effect/vitest"
import { makeOrderId, makeProductId, OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import fc from "fast-check"
import { type Allocation, type AvailableStock, allocate, type Demand } from "../../src/domain/Allocation.ts"

const organizations = [OrganizationId.make(uuidV7()), OrganizationId.make(uuidV7())] as const
const products = Array.from({ length: 4 }, () => makeProductId())
const location = uuidV7()

const stockOf = (quantities: ReadonlyArray<number>): ReadonlyArray<AvailableStock> =>
  organizations.flatMap((organizationId) =>
    quantities.map((available, index) => ({
      organizationId,
      productId: products[index] ?? makeProductId(),
      sku: `SKU-${index}`,
      locationId: location,
      available
    }))
  )

const demandArbitrary = (productsKnown: number) =>
  fc.record({
    organization: fc.constantFrom(...organizations),
    lines: fc.array(fc.record({ product: fc.nat(productsKnown), quantity: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 0,
      maxLength: 5
    })
  })

const toDemand = (drawn: {
  readonly organization: OrganizationId
  readonly lines: ReadonlyArray<{ readonly product: number; readonly quantity: number }>
}): Demand => ({
  organizationId: drawn.organization,
  orderId: makeOrderId(),
  lines: drawn.lines.map(({ product, quantity }) => ({ productId: products[product] ?? unknownProduct, quantity }))
})

const unknownProduct = makeProductId()

/**
 * The oracle: one clerk, one ledger of pieces, one order at a time. Each piece is put aside one by one; when one is
 * missing, all that were put aside for the order go back.
 */
const clerk = (stock: ReadonlyArray<AvailableStock>, demands: ReadonlyArray<Demand>) => {
  const shelves = stock.map((shelf) => ({ ...shelf }))
  return demands.map((demand) => {
    const shelfOf = (productId: string) =>
      shelves.find((shelf) => shelf.organizationId === demand.organizationId && shelf.productId === productId)
    if (demand.lines.some(({ productId }) => shelfOf(productId) === undefined)) return "unknown product"
    const putAside: Array<(typeof shelves)[number]> = []
    for (const { productId, quantity } of demand.lines) {
      for (let piece = 0; piece < quantity; piece++) {
        const shelf = shelfOf(productId)
        if (shelf === undefined || shelf.available === 0) {
          for (const back of putAside) back.available += 1
          return "not enough"
        }
        shelf.available -= 1
        putAside.push(shelf)
      }
    }
    return `${putAside.length} pieces`
  })
}

const inTheClerksWords = (allocation: Allocation): string => {
  if (allocation._tag === "Allocated") return `${allocation.takes.reduce((sum, take) => sum + take.quantity, 0)} pieces`
  return allocation.reason._tag === "ProductNotFound" ? "unknown product" : "not enough"
}

describe("allocate", () => {
  it("decides every order as a clerk would who serves one after the other", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 4 }),
        fc.array(demandArbitrary(products.length), { maxLength: 40 }),
        (quantities, drawn) => {
          const stock = stockOf(quantities)
          const demands = drawn.map(toDemand)
          assert.deepStrictEqual(allocate(stock, demands).map(inTheClerksWords), clerk(stock, demands))
        }
      ),
      { numRuns: 1_000 }
    )
  })

  it("never gives more of a product than there is, nor to an order more or less than it wants", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 4 }),
        fc.array(demandArbitrary(products.length - 1), { maxLength: 40 }),
        (quantities, drawn) => {
          const stock = stockOf(quantities)
          const allocations = allocate(stock, drawn.map(toDemand))
          for (const shelf of stock) {
            const given = allocations
              .flatMap((allocation) => (allocation._tag === "Allocated" ? allocation.takes : []))
              .filter((take) => take.organizationId === shelf.organizationId && take.productId === shelf.productId)
              .reduce((sum, take) => sum + take.quantity, 0)
            assert.isAtMost(given, shelf.available)
          }
          for (const allocation of allocations) {
            if (allocation._tag === "Refused") continue
            for (const productId of products) {
              const wanted = allocation.demand.lines
                .filter((line) => line.productId === productId)
                .reduce((sum, line) => sum + line.quantity, 0)
              const taken = allocation.takes.filter((take) => take.productId === productId)
              assert.deepStrictEqual(
                taken.map((take) => take.quantity),
                wanted === 0 ? [] : [wanted]
              )
            }
          }
        }
      ),
      { numRuns: 1_000 }
    )
  })

  it("counts a product that stands in two lines once, summed", () => {
    const [organizationId] = organizations
    const lines = [
      { productId: products[0] ?? unknownProduct, quantity: 3 },
      { productId: products[1] ?? unknownProduct, quantity: 1 },
      { productId: products[0] ?? unknownProduct, quantity: 3 }
    ]
    const demand: Demand = { organizationId, orderId: makeOrderId(), lines }
    const [refused] = allocate(stockOf([5, 5, 5, 5]), [demand])
    assert.deepInclude(refused?._tag === "Refused" ? { ...refused.reason } : {}, {
      productId: products[0],
      sku: "SKU-0",
      requested: 6,
      available: 5
    })
    const [allocated] = allocate(stockOf([6, 5, 5, 5]), [demand])
    assert.deepStrictEqual(
      allocated?._tag === "Allocated" ? allocated.takes.map(({ productId, quantity }) => [productId, quantity]) : [],
      [
        [products[0], 6],
        [products[1], 1]
      ]
    )
  })

  it("leaves what a refused order wanted to the next", () => {
    const [organizationId] = organizations
    const order = (...lines: ReadonlyArray<readonly [number, number]>): Demand => ({
      organizationId,
      orderId: makeOrderId(),
      lines: lines.map(([product, quantity]) => ({ productId: products[product] ?? unknownProduct, quantity }))
    })
    const allocations = allocate(stockOf([5, 0, 0, 0]), [order([0, 4], [1, 1]), order([0, 5]), order([0, 1])])
    assert.deepStrictEqual(
      allocations.map(({ _tag }) => _tag),
      ["Refused", "Allocated", "Refused"]
    )
  })

  it("refuses an unknown product before it looks at quantities", () => {
    const [organizationId] = organizations
    const lines = [
      { productId: products[0] ?? unknownProduct, quantity: 9 },
      { productId: unknownProduct, quantity: 1 }
    ]
    const [refused] = allocate(stockOf([5, 0, 0, 0]), [{ organizationId, orderId: makeOrderId(), lines }])
    assert.strictEqual(refused?._tag === "Refused" ? refused.reason._tag : "", "ProductNotFound")
  })
})

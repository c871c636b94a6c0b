import { Outbox } from "@valerix/messaging"
import { type Money, makeProductId, type ProductId, uuidV7 } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { type Tenant, TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import { changeProduct, type Product } from "../domain/Product.ts"
import { movementTypeOf } from "../domain/StockMovement.ts"
import { inventoryAdjusted, productEvent } from "./InventoryEvents.ts"
import { BalanceRepository } from "./ports/BalanceRepository.ts"
import { ProductRepository } from "./ports/ProductRepository.ts"
import { StockLedger } from "./ports/StockLedger.ts"

/** The most products of one vector. */
export const PRODUCTS_PER_VECTOR_MAX = 1_000

export interface ProductToLoad {
  readonly sku: string
  readonly name: string
  readonly price: Money
  /** Received together with the product, where it is new. */
  readonly initialStock: number
  /** Received once under its key, whether the product is new or not. */
  readonly receipt: { readonly idempotencyKey: string; readonly quantity: number } | undefined
}

export interface ProductsToLoad {
  readonly tenant: Tenant
  /** At most PRODUCTS_PER_VECTOR_MAX, each SKU once. */
  readonly products: ReadonlyArray<ProductToLoad>
  /** What becomes of name and price of a product that is there already. */
  readonly existing: "KEEP" | "CHANGE"
  /** What is written in the movements of the stock that is received. */
  readonly notes: string
}

/** What came, or would come, of one product, and how much of it was received. */
export interface ProductLoaded {
  readonly outcome: "CREATED" | "CHANGED" | "UNCHANGED"
  readonly received: number
}

/**
 * Brings a vector of products into the catalogue by their SKUs, and receives their stock: all of it or nothing, in a fixed
 * number of statements. To load the same products again changes nothing.
 */
export class LoadProducts extends Context.Service<
  LoadProducts,
  {
    /** Gives what came of each product, in their order. */
    readonly load: (request: ProductsToLoad) => Effect.Effect<ReadonlyArray<ProductLoaded>>
    /** Says what loading would do with products that have no receipt, and changes nothing. */
    readonly rehearse: (request: ProductsToLoad) => Effect.Effect<ReadonlyArray<ProductLoaded>>
  }
>()("@valerix/inventory/LoadProducts") {
  static readonly layer = Layer.effect(
    LoadProducts,
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const outbox = yield* Outbox
      const products = yield* ProductRepository
      const balances = yield* BalanceRepository
      const ledger = yield* StockLedger

      const receive = Effect.fnUntraced(function* (
        { notes, tenant: { organizationId, principal } }: ProductsToLoad,
        intakes: ReadonlyArray<Intake>
      ) {
        const keyed = intakes.flatMap(({ key, transactionId }) =>
          key === undefined ? [] : [{ idempotencyKey: key, transactionId }]
        )
        const isFree = keyed.length === 0 ? [] : yield* ledger.claimKeys({ organizationId, principal }, keyed)
        const taken = new Set(keyed.flatMap(({ transactionId }, index) => (isFree[index] ? [] : [transactionId])))
        const due = intakes.filter(({ transactionId }) => !taken.has(transactionId))
        if (due.length === 0) return []
        const locationId = yield* balances.mainLocation(organizationId)
        const after = yield* balances.addAllOnHand({ organizationId, locationId, products: due })
        const reason = "warehouse_receiving"
        const movements = due.flatMap(({ productId, quantity, sku, transactionId }, index) =>
          quantity === 0
            ? []
            : [{ productId, quantity, sku, transactionId, locationId, onHandAfter: after[index] ?? 0, reason } as const]
        )
        yield* ledger.recordAll(
          organizationId,
          movements.map((movement) => ({
            ...movement,
            type: movementTypeOf(reason),
            referenceId: undefined,
            notes,
            createdBy: principal
          }))
        )
        const correlationId = yield* CurrentCorrelationId
        yield* outbox.append(
          movements.map((movement) => inventoryAdjusted({ ...movement, organizationId }, correlationId))
        )
        return due
      })

      const load = Effect.fnUntraced(function* (request: ProductsToLoad) {
        const { existing, products: wanted, tenant } = request
        const { organizationId } = tenant
        const created = yield* products.insertAll(
          wanted.map(({ name, price, sku }) => ({ organizationId, productId: makeProductId(), sku, name, price }))
        )
        const newSkus = new Set(created.map(({ sku }) => sku))
        const oldOnes = wanted.filter(({ sku }) => !newSkus.has(sku)).map(({ sku }) => sku)
        const held =
          oldOnes.length === 0
            ? []
            : yield* existing === "CHANGE"
                ? products.lockBySku(organizationId, oldOnes)
                : products.withSkus(organizationId, oldOnes)
        const bySku = new Map(wanted.map((one) => [one.sku, one]))
        const changed =
          existing === "CHANGE" ? held.flatMap((product) => changeOf(product, bySku.get(product.sku))) : []
        if (changed.length > 0) yield* products.saveAll(changed)
        const correlationId = yield* CurrentCorrelationId
        yield* outbox.append([
          ...created.map((product) => productEvent("product.created", product, correlationId)),
          ...changed.map((product) => productEvent("product.updated", product, correlationId))
        ])
        const ids = new Map([...created, ...held].map(({ productId, sku }) => [sku, productId]))
        const received = yield* receive(request, intakesOf(wanted, ids, newSkus))
        const quantities = new Map<string, number>()
        for (const { quantity, sku } of received) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
        const changedSkus = new Set(changed.map(({ sku }) => sku))
        return wanted.map(({ sku }): ProductLoaded => {
          const outcome = newSkus.has(sku) ? "CREATED" : changedSkus.has(sku) ? "CHANGED" : "UNCHANGED"
          return { outcome, received: quantities.get(sku) ?? 0 }
        })
      })

      const rehearse = Effect.fnUntraced(function* ({ existing, products: wanted, tenant }: ProductsToLoad) {
        const skus = wanted.map(({ sku }) => sku)
        const held = new Map((yield* products.withSkus(tenant.organizationId, skus)).map((one) => [one.sku, one]))
        return wanted.map((one): ProductLoaded => {
          const product = held.get(one.sku)
          if (product === undefined) return { outcome: "CREATED", received: one.initialStock }
          const isChanged = existing === "CHANGE" && changeOf(product, one).length > 0
          return { outcome: isChanged ? "CHANGED" : "UNCHANGED", received: 0 }
        })
      })

      const inVector =
        (work: typeof load | typeof rehearse) =>
        (request: ProductsToLoad): Effect.Effect<ReadonlyArray<ProductLoaded>> => {
          const { length } = request.products
          if (length === 0) return Effect.succeed([])
          if (length > PRODUCTS_PER_VECTOR_MAX) {
            return Effect.die(new RangeError(`at most ${PRODUCTS_PER_VECTOR_MAX} products at a time`))
          }
          if (new Set(request.products.map(({ sku }) => sku)).size < length) {
            return Effect.die(new RangeError("a SKU stands twice among the products"))
          }
          return transactions.run([request.tenant.organizationId])(work(request))
        }
      return LoadProducts.of({ load: inVector(load), rehearse: inVector(rehearse) })
    })
  )
}

/** Stock that comes in: under a key, or with a new product. */
interface Intake {
  readonly sku: string
  readonly productId: ProductId
  readonly quantity: number
  readonly transactionId: string
  readonly key: string | undefined
}

/** A new product gets a balance even where nothing of it comes in. */
const intakesOf = (
  wanted: ReadonlyArray<ProductToLoad>,
  ids: ReadonlyMap<string, ProductId>,
  newSkus: ReadonlySet<string>
): ReadonlyArray<Intake> =>
  wanted.flatMap(({ initialStock, receipt, sku }) => {
    const productId = ids.get(sku)
    if (productId === undefined) return []
    const intake = (quantity: number, key: string | undefined): Intake => ({
      sku,
      productId,
      quantity,
      transactionId: uuidV7(),
      key
    })
    if (receipt !== undefined) return [intake(receipt.quantity, receipt.idempotencyKey)]
    return newSkus.has(sku) ? [intake(initialStock, undefined)] : []
  })

const changeOf = (product: Product, wanted: ProductToLoad | undefined): ReadonlyArray<Product> => {
  const changed = wanted === undefined ? product : changeProduct(product, { name: wanted.name, price: wanted.price })
  return changed === product ? [] : [changed]
}

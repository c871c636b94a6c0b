import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import type { Balance } from "../domain/Balance.ts"
import { ProductNotFound } from "../domain/InventoryErrors.ts"
import type { Product } from "../domain/Product.ts"
import type { MovementType, StockMovement } from "../domain/StockMovement.ts"
import { BalanceRepository } from "./ports/BalanceRepository.ts"
import { type ProductReference, ProductRepository, referenceText } from "./ports/ProductRepository.ts"
import { StockLedger } from "./ports/StockLedger.ts"

export interface ProductStock {
  readonly product: Product
  readonly onHand: number
  readonly reserved: number
}

const NOTHING = { onHand: 0, reserved: 0 }

interface Shape {
  readonly product: (
    organization: OrganizationId,
    reference: ProductReference
  ) => Effect.Effect<Product, ProductNotFound>
  /** A product, and its stock summed over all locations. */
  readonly stockOf: (
    organization: OrganizationId,
    reference: ProductReference
  ) => Effect.Effect<ProductStock, ProductNotFound>
  /** Products, newest first, each with its stock summed over all locations. */
  readonly stocks: (
    organization: OrganizationId,
    filter: { readonly after: ProductId | undefined; readonly limit: number }
  ) => Effect.Effect<ReadonlyArray<ProductStock>>
  readonly products: (
    organization: OrganizationId,
    filter: { readonly sku: string | undefined; readonly after: ProductId | undefined; readonly limit: number }
  ) => Effect.Effect<ReadonlyArray<Product>>
  /** Products, oldest first, each with what is on hand of it. */
  readonly stocked: (
    organization: OrganizationId,
    page: { readonly after: ProductId | undefined; readonly limit: number }
  ) => Effect.Effect<ReadonlyArray<{ readonly product: Product; readonly onHand: number }>>
  readonly balances: (
    organization: OrganizationId,
    filter: {
      readonly productId: ProductId | undefined
      readonly after: readonly [ProductId, string] | undefined
      readonly limit: number
    }
  ) => Effect.Effect<ReadonlyArray<Balance>>
  readonly movements: (
    organization: OrganizationId,
    filter: {
      readonly productId: ProductId | undefined
      readonly type: MovementType | undefined
      readonly after: string | undefined
      readonly limit: number
    }
  ) => Effect.Effect<ReadonlyArray<StockMovement>>
}

/** What an organization can look at: its products, how much there is of each, and how that came about. */
export class BrowseInventory extends Context.Service<BrowseInventory, Shape>()("@valerix/inventory/BrowseInventory") {
  static readonly layer = Layer.effect(
    BrowseInventory,
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const products = yield* ProductRepository
      const balances = yield* BalanceRepository
      const ledger = yield* StockLedger

      const find = Effect.fnUntraced(function* (organization: OrganizationId, reference: ProductReference) {
        const product = yield* products.find(organization, reference)
        return product ?? (yield* new ProductNotFound({ product: referenceText(reference) }))
      })

      return BrowseInventory.of({
        product: Effect.fn("BrowseInventory.product")((organization, reference) =>
          transactions.run([organization])(find(organization, reference))
        ),
        stockOf: Effect.fn("BrowseInventory.stockOf")((organization, reference) =>
          transactions.run([organization])(
            Effect.gen(function* () {
              const product = yield* find(organization, reference)
              const [totals = NOTHING] = yield* balances.totals(organization, [product.productId])
              return { product, ...totals }
            })
          )
        ),
        stocks: Effect.fn("BrowseInventory.stocks")((organization, { after, limit }) =>
          transactions.run([organization])(
            Effect.gen(function* () {
              const page = yield* products.page(organization, { sku: undefined, after, limit })
              const totals = yield* balances.totals(
                organization,
                page.map(({ productId }) => productId)
              )
              return page.map((product, index) => ({ product, ...(totals[index] ?? NOTHING) }))
            })
          )
        ),
        products: Effect.fn("BrowseInventory.products")((organization, filter) =>
          transactions.run([organization])(products.page(organization, filter))
        ),
        stocked: Effect.fn("BrowseInventory.stocked")((organization, page) =>
          transactions.run([organization])(products.walk(organization, page))
        ),
        balances: Effect.fn("BrowseInventory.balances")((organization, filter) =>
          transactions.run([organization])(balances.page(organization, filter))
        ),
        movements: Effect.fn("BrowseInventory.movements")((organization, filter) =>
          transactions.run([organization])(ledger.page(organization, filter))
        )
      })
    })
  )
}

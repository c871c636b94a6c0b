import { Outbox } from "@valerix/messaging"
import { type Money, makeProductId, type OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import { DuplicateSku } from "../domain/InventoryErrors.ts"
import type { Product } from "../domain/Product.ts"
import { makeBookStock } from "./BookStock.ts"
import { productEvent } from "./InventoryEvents.ts"
import { BalanceRepository } from "./ports/BalanceRepository.ts"
import { ProductRepository } from "./ports/ProductRepository.ts"

export interface CreateProductRequest {
  readonly organizationId: OrganizationId
  readonly principal: string
  readonly sku: string
  readonly name: string
  readonly price: Money
  readonly initialStock: number
}

/**
 * Adds a product to the catalogue, with a balance and, if there is initial stock, its receipt: all together or nothing.
 * A SKU that the organization has already fails as DuplicateSku, which names its product.
 */
export class CreateProduct extends Context.Service<
  CreateProduct,
  (request: CreateProductRequest) => Effect.Effect<Product, DuplicateSku>
>()("@valerix/inventory/CreateProduct") {
  static readonly layer = Layer.effect(
    CreateProduct,
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const outbox = yield* Outbox
      const products = yield* ProductRepository
      const balances = yield* BalanceRepository
      const bookStock = yield* makeBookStock

      const create = Effect.fnUntraced(function* (request: CreateProductRequest) {
        const { initialStock, name, organizationId, price, principal, sku } = request
        const product = yield* products.insert({ organizationId, productId: makeProductId(), sku, name, price })
        if (product === undefined) {
          const existing = yield* products.find(organizationId, { _tag: "BySku", sku })
          if (existing === undefined) return yield* Effect.die(new Error(`SKU ${sku} is taken and not there`))
          return yield* new DuplicateSku({ sku, productId: existing.productId })
        }
        yield* outbox.append([productEvent("product.created", product, yield* CurrentCorrelationId)])
        const { productId } = product
        if (initialStock > 0) {
          yield* bookStock({
            organizationId,
            transactionId: uuidV7(),
            productId,
            sku,
            quantity: initialStock,
            reason: "warehouse_receiving",
            referenceId: undefined,
            notes: "Initial stock",
            createdBy: principal
          })
        } else {
          const locationId = yield* balances.mainLocation(organizationId)
          yield* balances.addOnHand({ organizationId, productId, locationId, quantity: 0 })
        }
        return product
      })

      return Effect.fn("CreateProduct")((request: CreateProductRequest) =>
        transactions.run([request.organizationId])(create(request))
      )
    })
  )
}

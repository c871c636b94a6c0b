import { uuidV7 } from "@valerix/money-and-ids"
import { type Tenant, TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import { IdempotencyKeyReused, ProductNotFound } from "../domain/InventoryErrors.ts"
import type { StockMovement, StockReason } from "../domain/StockMovement.ts"
import { makeBookStock } from "./BookStock.ts"
import { type ProductReference, ProductRepository, referenceText } from "./ports/ProductRepository.ts"
import { StockLedger } from "./ports/StockLedger.ts"

export interface AddStockRequest {
  readonly tenant: Tenant
  readonly idempotencyKey: string
  readonly product: ProductReference
  readonly quantity: number
  readonly reason: StockReason
  readonly referenceId: string | undefined
  readonly notes: string | undefined
}

export interface StockAdded {
  /** True when the movement was made by an earlier request with the key, and this one changed nothing. */
  readonly isReplay: boolean
  readonly sku: string
  readonly movement: StockMovement
}

/**
 * Adds stock to a product. One key has one effect, however often and however concurrently it is sent; a key belongs to
 * its organization and principal. The key with a different request fails as IdempotencyKeyReused.
 */
export class AddStock extends Context.Service<
  AddStock,
  (request: AddStockRequest) => Effect.Effect<StockAdded, ProductNotFound | IdempotencyKeyReused>
>()("@valerix/inventory/AddStock") {
  static readonly layer = Layer.effect(
    AddStock,
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const products = yield* ProductRepository
      const ledger = yield* StockLedger
      const bookStock = yield* makeBookStock

      const add = Effect.fnUntraced(function* (request: AddStockRequest) {
        const { idempotencyKey, notes, quantity, reason, referenceId } = request
        const { organizationId, principal } = request.tenant
        const product = yield* products.find(organizationId, request.product)
        if (product === undefined) return yield* new ProductNotFound({ product: referenceText(request.product) })
        const { productId, sku } = product
        const wanted = { productId, quantity, reason, referenceId, notes }
        const key = { organizationId, principal, idempotencyKey }
        const transactionId = uuidV7()
        if (!(yield* ledger.claimKey(key, transactionId))) {
          const earlier = yield* ledger.effectOfKey(key)
          if (earlier === undefined) return yield* Effect.die(new Error("an idempotency key is taken and not there"))
          if (!isWhatWasWanted(earlier.movement, wanted)) return yield* new IdempotencyKeyReused()
          return { isReplay: true, ...earlier }
        }
        const movement = yield* bookStock({ organizationId, transactionId, sku, ...wanted, createdBy: principal })
        return { isReplay: false, sku, movement }
      })

      return Effect.fn("AddStock")((request: AddStockRequest) =>
        transactions.run([request.tenant.organizationId])(add(request))
      )
    })
  )
}

/** A movement holds all that was asked for, so the request need not be kept beside it. */
const isWhatWasWanted = (movement: StockMovement, wanted: Wanted): boolean =>
  movement.productId === wanted.productId &&
  movement.quantity === wanted.quantity &&
  movement.reason === wanted.reason &&
  movement.referenceId === wanted.referenceId &&
  movement.notes === wanted.notes

type Wanted = Pick<StockMovement, "productId" | "quantity" | "reason" | "referenceId" | "notes">

import { createHash } from "node:crypto"
import { TenantDatabase } from "@valerix/database"
import { uuidV7 } from "@valerix/money-and-ids"
import type { Tenant } from "@valerix/tenancy"
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
      const database = yield* TenantDatabase
      const products = yield* ProductRepository
      const ledger = yield* StockLedger
      const bookStock = yield* makeBookStock

      const add = Effect.fnUntraced(function* (request: AddStockRequest) {
        const { idempotencyKey, notes, quantity, reason, referenceId } = request
        const { organizationId, principal } = request.tenant
        const product = yield* products.find(organizationId, request.product)
        if (product === undefined) return yield* new ProductNotFound({ product: referenceText(request.product) })
        const { productId, sku } = product
        const fingerprint = digest([productId, quantity, reason, referenceId ?? null, notes ?? null])
        const claim = { organizationId, principal, idempotencyKey, fingerprint }
        const transactionId = uuidV7()
        if (!(yield* ledger.claimKey(claim, transactionId))) {
          const earlier = yield* ledger.effectOfKey(claim)
          if (earlier === undefined) return yield* Effect.die(new Error("an idempotency key is taken and not there"))
          if (earlier.fingerprint !== fingerprint) return yield* new IdempotencyKeyReused()
          return { isReplay: true, sku: earlier.sku, movement: earlier.movement }
        }
        const booking = { organizationId, transactionId, productId, sku, quantity, reason, referenceId, notes }
        const movement = yield* bookStock({ ...booking, createdBy: principal })
        return { isReplay: false, sku, movement }
      })

      return Effect.fn("AddStock")((request: AddStockRequest) =>
        database.transaction([request.tenant.organizationId])(add(request))
      )
    })
  )
}

const digest = (request: ReadonlyArray<string | number | null>): string =>
  createHash("sha256").update(JSON.stringify(request)).digest("hex")

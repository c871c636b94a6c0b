import { Outbox } from "@valerix/messaging"
import type { OrganizationId } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import { ProductNotFound } from "../domain/InventoryErrors.ts"
import { changeProduct, type Product, type ProductChange } from "../domain/Product.ts"
import { productEvent } from "./InventoryEvents.ts"
import { type ProductReference, ProductRepository, referenceText } from "./ports/ProductRepository.ts"

/** Changes a product's name or price, for orders from now on. A change that changes nothing leaves the version. */
export class ChangeProduct extends Context.Service<
  ChangeProduct,
  (
    organizationId: OrganizationId,
    reference: ProductReference,
    change: ProductChange
  ) => Effect.Effect<Product, ProductNotFound>
>()("@valerix/inventory/ChangeProduct") {
  static readonly layer = Layer.effect(
    ChangeProduct,
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const outbox = yield* Outbox
      const products = yield* ProductRepository

      const change = Effect.fnUntraced(function* (
        organizationId: OrganizationId,
        reference: ProductReference,
        wanted: ProductChange
      ) {
        const found = yield* products.find(organizationId, reference)
        if (found === undefined) return yield* new ProductNotFound({ product: referenceText(reference) })
        yield* products.lock(organizationId, found.productId)
        const product = (yield* products.find(organizationId, { _tag: "ById", productId: found.productId })) ?? found
        const changed = changeProduct(product, wanted)
        if (changed === product) return product
        const kept = yield* products.save(changed)
        yield* outbox.append([productEvent("product.updated", kept, yield* CurrentCorrelationId)])
        return kept
      })

      return Effect.fn("ChangeProduct")((organizationId, reference, wanted) =>
        transactions.run([organizationId])(change(organizationId, reference, wanted))
      )
    })
  )
}

import { type CatalogueProduct, ProductCatalogue } from "@valerix/inventory/contract"
import type { Tenant } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import { canonicalForm } from "../domain/CanonicalForm.ts"
import type { OrderRequest } from "../domain/OrderRequest.ts"
import { type OrderNotPriceable, priceOrder } from "../domain/PricedOrder.ts"
import { nameKey, namesOf, wantedOf } from "./ProductNames.ts"
import { OrderLedger } from "./ports/OrderLedger.ts"
import { RequestDigest } from "./ports/RequestDigest.ts"

/** What placing an order would come to, as far as can be known before: nothing is authorized or reserved. */
export type Rehearsed = "NEW" | "ALREADY_PLACED" | "KEY_REUSED"

/** Says what placing an order would do, and changes nothing, not even the copy of the catalogue. */
export class RehearseOrder extends Context.Service<
  RehearseOrder,
  (tenant: Tenant, idempotencyKey: string, request: OrderRequest) => Effect.Effect<Rehearsed, OrderNotPriceable>
>()("@valerix/checkout/RehearseOrder") {
  static readonly layer = Layer.effect(
    RehearseOrder,
    Effect.gen(function* () {
      const catalogue = yield* ProductCatalogue
      const ledger = yield* OrderLedger
      const digest = yield* RequestDigest

      return Effect.fnUntraced(function* (tenant: Tenant, idempotencyKey: string, request: OrderRequest) {
        const requestHash = digest.of(canonicalForm(request))
        const recalled = yield* ledger.recall({ tenant, idempotencyKey, requestHash })
        if (recalled !== undefined) return recalled._tag === "KeyReused" ? "KEY_REUSED" : "ALREADY_PLACED"
        const names = request.items.map(({ product }) => product)
        const found = yield* catalogue.find(tenant.organizationId, wantedOf(names))
        const byName = new Map<string, CatalogueProduct>(
          found.flatMap((product) => namesOf(product).map((name) => [nameKey(name), product]))
        )
        yield* priceOrder(request, (name) => byName.get(nameKey(name)))
        return "NEW"
      })
    })
  )
}

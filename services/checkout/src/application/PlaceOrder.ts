import { CurrentCorrelationId } from "@valerix/telemetry"
import type { CurrentTenant } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import { canonicalForm } from "../domain/CanonicalForm.ts"
import type { OrderRequest } from "../domain/OrderRequest.ts"
import { type OrderNotPriceable, priceOrder } from "../domain/PricedOrder.ts"
import { makeAcceptanceBuffer, type Overloaded } from "./AcceptanceBuffer.ts"
import { type Accepted, AcceptOrders } from "./AcceptOrders.ts"
import { Catalogue } from "./Catalogue.ts"
import { RequestDigest } from "./ports/RequestDigest.ts"

export interface PlaceOrderOptions {
  readonly batchMax: number
  readonly concurrentBatches: number
  readonly waitingMax: number
}

/** Places an order: prices it, and accepts it together with the others that came at the same time. */
export class PlaceOrder extends Context.Service<
  PlaceOrder,
  {
    readonly execute: (
      tenant: CurrentTenant["Service"],
      idempotencyKey: string,
      request: OrderRequest
    ) => Effect.Effect<Accepted, OrderNotPriceable | Overloaded>
  }
>()("@valerix/checkout/PlaceOrder") {
  static readonly layer = (options: PlaceOrderOptions) =>
    Layer.effect(
      PlaceOrder,
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const digest = yield* RequestDigest
        const acceptOrders = yield* AcceptOrders
        const buffer = yield* makeAcceptanceBuffer({
          ...options,
          organizationOf: (entry) => entry.tenant.organizationId,
          handle: acceptOrders.accept
        })

        const execute = Effect.fnUntraced(function* (
          tenant: CurrentTenant["Service"],
          idempotencyKey: string,
          request: OrderRequest
        ) {
          const find = yield* catalogue.lookUp(
            tenant.organizationId,
            request.items.map((item) => item.product)
          )
          const order = yield* priceOrder(request, find)
          const correlationId = yield* CurrentCorrelationId
          const requestHash = digest.of(canonicalForm(request))
          return yield* buffer.submit({ tenant, idempotencyKey, requestHash, correlationId, order })
        })

        return PlaceOrder.of({ execute })
      })
    )
}

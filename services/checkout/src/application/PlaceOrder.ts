import type { OrganizationId } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import type { Tenant } from "@valerix/tenancy"
import { Context, Effect, Layer, Result } from "effect"
import { canonicalForm } from "../domain/CanonicalForm.ts"
import type { OrderRequest } from "../domain/OrderRequest.ts"
import { type OrderNotPriceable, priceOrder } from "../domain/PricedOrder.ts"
import { type AcceptanceLimits, makeAcceptanceBuffer, type Overloaded } from "./AcceptanceBuffer.ts"
import { type Accepted, AcceptOrders, acceptedAsRecalled } from "./AcceptOrders.ts"
import { Catalogue } from "./Catalogue.ts"
import { type NewEntry, OrderLedger } from "./ports/OrderLedger.ts"
import { RequestDigest } from "./ports/RequestDigest.ts"

/** What a line of a request takes, written out. A request may be heavy by other things than its lines. */
const CHARACTERS_PER_LINE = 100

interface Submission {
  readonly entry: NewEntry
  readonly weight: number
}

/** Places an order: prices it, and accepts it together with the others that came at the same time. */
export class PlaceOrder extends Context.Service<
  PlaceOrder,
  (
    tenant: Tenant,
    idempotencyKey: string,
    request: OrderRequest
  ) => Effect.Effect<Accepted, OrderNotPriceable | Overloaded>
>()("@valerix/checkout/PlaceOrder") {
  static readonly layer = (options: AcceptanceLimits) =>
    Layer.effect(
      PlaceOrder,
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const ledger = yield* OrderLedger
        const digest = yield* RequestDigest
        const acceptOrders = yield* AcceptOrders
        const buffer = yield* makeAcceptanceBuffer({
          ...options,
          organizationOf: ({ entry }: Submission) => entry.tenant.organizationId,
          weightOf: ({ weight }) => weight,
          handle: (submissions) => acceptOrders(submissions.map(({ entry }) => entry))
        })

        const price = Effect.fnUntraced(function* (organizationId: OrganizationId, request: OrderRequest) {
          const find = yield* catalogue.lookUp(
            organizationId,
            request.items.map((item) => item.product)
          )
          return yield* priceOrder(request, find)
        })

        return Effect.fnUntraced(function* (tenant: Tenant, idempotencyKey: string, request: OrderRequest) {
          const canonical = canonicalForm(request)
          const requestHash = digest.of(canonical)
          const priced = yield* Effect.result(price(tenant.organizationId, request))
          if (Result.isFailure(priced)) {
            // The catalogue may have changed since the order was placed; a replay is not priced again.
            const recalled = yield* ledger.recall({ tenant, idempotencyKey, requestHash })
            if (recalled !== undefined) return acceptedAsRecalled(recalled)
            if (priced.failure._tag === "OrderNotPriceable") return yield* priced.failure
            return unavailable(`the products cannot be looked up: ${priced.failure.reason}`)
          }
          const correlationId = yield* CurrentCorrelationId
          const entry = { tenant, idempotencyKey, requestHash, correlationId, order: priced.success }
          const weight = Math.max(request.items.length, Math.ceil(canonical.length / CHARACTERS_PER_LINE))
          return yield* buffer.submit({ entry, weight })
        })
      })
    )
}

const unavailable = (reason: string): Accepted => ({ _tag: "Unavailable", reason })

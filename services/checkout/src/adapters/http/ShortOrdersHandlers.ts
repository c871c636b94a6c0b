import { ValidationError } from "@valerix/http"
import { uuidV7 } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { DateTime, Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type LedgerEntry, OrderLedger } from "../../application/ports/OrderLedger.ts"
import { CheckoutShortApi } from "../../contract/CheckoutApi.ts"
import { TooManyWaiting } from "../../contract/OrderProblems.ts"
import { ShortOrderPage, ShortOrderView } from "../../contract/ShortOrdersGroup.ts"
import { ledgerStatesOf } from "../../domain/LedgerStatus.ts"
import { findEntry } from "./FindEntry.ts"
import { readIdempotencyKey } from "./IdempotencyKey.ts"
import { orderRequestOf } from "./OrderRequests.ts"
import { BEING_PROCESSED, orderViewOf } from "./OrderViews.ts"
import { makePlacing } from "./Placing.ts"
import { faultsOf } from "./PlacingProblems.ts"
import { waitMsOf } from "./Preference.ts"

/** As long as a participant may take, and a little more: then the answer tells which of them was too slow. */
const WAIT_MS = 2_500

/** Orders of one product, in their shortest form. */
export const ShortOrdersHandlers = HttpApiBuilder.group(
  CheckoutShortApi,
  "short-orders",
  Effect.fnUntraced(function* (handlers) {
    const ledger = yield* OrderLedger
    const place = yield* makePlacing({
      bodyOf: (entry) => encodeOrder(shortOrderViewOf(entry)),
      locationOf: (orderId) => `/orders/${orderId}`
    })

    return handlers.handleAll({
      placeOrder: Effect.fnUntraced(function* ({ headers, payload }) {
        const { "idempotency-key": given, prefer } = headers
        const key = given === undefined ? uuidV7() : yield* readIdempotencyKey(given)
        return yield* place(key, orderRequestOf(payload), waitMsOf(prefer) ?? WAIT_MS).pipe(
          Effect.catchTags({
            OrderNotPriceable: (error) => Effect.fail(new ValidationError(faultsOf(payload, error))),
            Overloaded: () => Effect.fail(new TooManyWaiting({}))
          })
        )
      }),

      listOrders: Effect.fnUntraced(function* ({ query }) {
        const { organizationId } = yield* CurrentTenant
        const entries = yield* ledger.list(organizationId, {
          states: query.status === undefined ? undefined : ledgerStatesOf(query.status),
          customerId: undefined,
          beforeOrderId: query.cursor?.[0],
          limit: query.limit + 1
        })
        return ShortOrderPage.of(entries.map(shortOrderViewOf), query.limit, (last) => [last.id] as const)
      }),

      getOrder: ({ params }) => Effect.map(findEntry(ledger, params.order_id), shortOrderViewOf)
    })
  })
)

const encodeOrder = Schema.encodeSync(Schema.toCodecJson(ShortOrderView))

const shortOrderViewOf = (entry: LedgerEntry): typeof ShortOrderView.Type => {
  const { id, message, status, total } = orderViewOf(entry)
  const [line, ...more] = entry.lines
  const only = more.length === 0 ? line : undefined
  const isAccepted = entry.status === "AUTHORIZED" && entry.parkReason === undefined
  return {
    id,
    product_id: only?.sku ?? null,
    quantity: only?.quantity ?? null,
    status,
    message: isAccepted ? BEING_PROCESSED : message,
    total,
    created_at: DateTime.fromDateUnsafe(entry.createdAt),
    updated_at: DateTime.fromDateUnsafe(entry.updatedAt)
  }
}

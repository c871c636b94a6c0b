import { CurrentTenant } from "@valerix/tenancy"
import { Effect, Option, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { CancelOrder } from "../../application/CancelOrder.ts"
import { OrderLedger } from "../../application/ports/OrderLedger.ts"
import { CheckoutApi } from "../../contract/CheckoutApi.ts"
import * as Problems from "../../contract/OrderProblems.ts"
import { OrderView } from "../../contract/OrderSchemas.ts"
import { OrderPage } from "../../contract/OrdersGroup.ts"
import { ledgerStatesOf } from "../../domain/LedgerStatus.ts"
import { findEntry } from "./FindEntry.ts"
import { readIdempotencyKey } from "./IdempotencyKey.ts"
import { orderRequestOf } from "./OrderRequests.ts"
import { orderViewOf, timelineEntryViewOf } from "./OrderViews.ts"
import { makePlacing } from "./Placing.ts"
import { faultsOf } from "./PlacingProblems.ts"
import { waitMsOf } from "./Preference.ts"

const encodeOrder = Schema.encodeSync(Schema.toCodecJson(OrderView))

export const OrdersHandlers = HttpApiBuilder.group(
  CheckoutApi,
  "orders",
  Effect.fnUntraced(function* (handlers) {
    const cancelOrder = yield* CancelOrder
    const ledger = yield* OrderLedger
    const place = yield* makePlacing({
      bodyOf: (entry) => encodeOrder(orderViewOf(entry)),
      locationOf: (orderId) => `/api/v1/orders/${orderId}`
    })

    return handlers.handleAll({
      placeOrder: Effect.fnUntraced(function* ({ headers, payload }) {
        const key = yield* readIdempotencyKey(headers["idempotency-key"])
        return yield* place(key, orderRequestOf(payload), waitMsOf(headers.prefer)).pipe(
          Effect.catchTags({
            OrderNotPriceable: (error) => Effect.fail(new Problems.OrderNotAcceptable(faultsOf(payload, error))),
            Overloaded: () => Effect.fail(new Problems.TooManyWaiting({}))
          })
        )
      }),

      getOrder: ({ params }) => Effect.map(findEntry(ledger, params.order_id), orderViewOf),

      listOrders: Effect.fnUntraced(function* ({ query }) {
        const { organizationId } = yield* CurrentTenant
        const entries = yield* ledger.list(organizationId, {
          states: query.status === undefined ? undefined : ledgerStatesOf(query.status),
          customerId: query.customer_id,
          beforeOrderId: query.cursor?.[0],
          limit: query.limit + 1
        })
        return OrderPage.of(entries.map(orderViewOf), query.limit, (last) => [last.id] as const)
      }),

      getOrderTimeline: Effect.fnUntraced(function* ({ params }) {
        const entry = yield* findEntry(ledger, params.order_id)
        const timeline = yield* ledger.timeline(entry.organizationId, entry.orderId)
        return { order_id: entry.orderId, data: timeline.map(timelineEntryViewOf) }
      }),

      cancelOrder: Effect.fnUntraced(function* ({ params }) {
        const { organizationId } = yield* CurrentTenant
        const result = Option.getOrUndefined(yield* cancelOrder(organizationId, params.order_id))
        if (result === undefined) return yield* new Problems.OrderNotFound({})
        if (result._tag === "TooLate") {
          return yield* new Problems.InvalidStatusTransition({
            order_id: params.order_id,
            current_status: result.entry.status,
            attempted_status: "CANCELLED"
          })
        }
        const status = result._tag === "Requested" ? 202 : 200
        return HttpServerResponse.jsonUnsafe(encodeOrder(orderViewOf(result.entry)), { status })
      })
    })
  })
)

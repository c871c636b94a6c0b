import type { OrderId } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect, Option, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { CancelOrder } from "../../application/CancelOrder.ts"
import { PlaceOrder } from "../../application/PlaceOrder.ts"
import { type LedgerEntry, OrderLedger } from "../../application/ports/OrderLedger.ts"
import { WatchOrders } from "../../application/WatchOrders.ts"
import { CheckoutApi } from "../../contract/CheckoutApi.ts"
import * as Problems from "../../contract/OrderProblems.ts"
import { OrderView } from "../../contract/OrderSchemas.ts"
import { OrderPage } from "../../contract/OrdersGroup.ts"
import { isAtRest, LedgerStatus, type OrderStatus, orderStatusOf } from "../../domain/LedgerStatus.ts"
import { problemOfFailed } from "./OrderEndings.ts"
import { orderRequestOf } from "./OrderRequests.ts"
import { orderViewOf, timelineEntryViewOf } from "./OrderViews.ts"
import { problemOfRequest, respondWithoutOrder } from "./PlacingProblems.ts"
import { waitMsOf } from "./Preference.ts"
import { respondWithProblem } from "./RespondWithProblem.ts"

const encodeOrder = Schema.encodeSync(Schema.toCodecJson(OrderView))
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/
const keyMissing = Effect.suspend(() =>
  Effect.fail(
    new Problems.MissingIdempotencyKey({
      errors: [{ field: "header Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" }]
    })
  )
)

export const OrdersHandlers = HttpApiBuilder.group(
  CheckoutApi,
  "orders",
  Effect.fnUntraced(function* (handlers) {
    const placeOrder = yield* PlaceOrder
    const cancelOrder = yield* CancelOrder
    const ledger = yield* OrderLedger
    const watch = yield* WatchOrders

    /** 202 with the order while it is under way, 201 once it is confirmed, its problem once it has failed. */
    const answer = (entry: LedgerEntry, isReplay: boolean) => {
      const headers = isReplay ? { "idempotency-replayed": "true" } : {}
      if (isAtRest(entry.status) && entry.status !== "COMPLETED")
        return respondWithProblem(problemOfFailed(entry), headers)
      const status = entry.status === "COMPLETED" ? 201 : 202
      const location = `/api/v1/orders/${entry.orderId}`
      return Effect.succeed(
        HttpServerResponse.jsonUnsafe(encodeOrder(orderViewOf(entry)), { status, headers: { ...headers, location } })
      )
    }

    const findEntry = Effect.fnUntraced(function* (orderId: OrderId) {
      const { organizationId } = yield* CurrentTenant
      const found = yield* ledger.find(organizationId, orderId)
      return yield* Option.match(found, {
        onNone: () => Effect.fail(new Problems.OrderNotFound({})),
        onSome: Effect.succeed
      })
    })

    return handlers.handleAll({
      placeOrder: Effect.fnUntraced(function* ({ headers, payload }) {
        const key = headers["idempotency-key"]
        if (key === undefined || !IDEMPOTENCY_KEY.test(key)) return yield* keyMissing
        const tenant = yield* CurrentTenant
        const waitMs = waitMsOf(headers.prefer)
        const accepted = yield* Effect.mapError(placeOrder(tenant, key, orderRequestOf(payload)), (error) =>
          problemOfRequest(payload, error)
        )
        const later = (orderId: OrderId, limitMs: number) => watch.wait(tenant.organizationId, orderId, limitMs)
        if (accepted._tag === "Accepted") {
          const { entry } = accepted
          const waited = waitMs === undefined ? Option.none() : yield* later(entry.orderId, waitMs)
          return yield* answer(
            Option.getOrElse(waited, () => entry),
            false
          )
        }
        if (accepted._tag === "Replayed") {
          const { orderId } = accepted
          const entry = yield* waitMs === undefined
            ? ledger.find(tenant.organizationId, orderId)
            : later(orderId, waitMs)
          return yield* Option.match(entry, {
            onNone: () => Effect.fail(new Problems.GatewayError({ is_retryable: true })),
            onSome: (found) => answer(found, true)
          })
        }
        return yield* respondWithoutOrder(accepted)
      }),

      getOrder: ({ params }) => Effect.map(findEntry(params.order_id), orderViewOf),

      listOrders: Effect.fnUntraced(function* ({ query }) {
        const { organizationId } = yield* CurrentTenant
        const entries = yield* ledger.list(organizationId, {
          statuses: query.status === undefined ? undefined : ledgerStatusesOf(query.status),
          customerId: query.customer_id,
          beforeOrderId: query.cursor?.[0],
          limit: query.limit + 1
        })
        return OrderPage.of(entries.map(orderViewOf), query.limit, (last) => [last.id] as const)
      }),

      getOrderTimeline: Effect.fnUntraced(function* ({ params }) {
        const entry = yield* findEntry(params.order_id)
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

const ledgerStatusesOf = (status: OrderStatus): ReadonlyArray<LedgerStatus> =>
  LedgerStatus.literals.filter((one) => orderStatusOf(one, false) === status)

import type { OrderId } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect, Option } from "effect"
import { HttpServerResponse } from "effect/http"
import { PlaceOrder } from "../../application/PlaceOrder.ts"
import { type LedgerEntry, OrderLedger } from "../../application/ports/OrderLedger.ts"
import { WatchOrders } from "../../application/WatchOrders.ts"
import { GatewayError } from "../../contract/OrderProblems.ts"
import { isAtRest } from "../../domain/LedgerStatus.ts"
import type { OrderRequest } from "../../domain/OrderRequest.ts"
import { problemOfFailed } from "./OrderEndings.ts"
import { respondWithoutOrder } from "./PlacingProblems.ts"
import { respondWithProblem } from "./RespondWithProblem.ts"

/** How a door shows an order that was placed there. */
export interface Showing {
  readonly bodyOf: (entry: LedgerEntry) => unknown
  readonly locationOf: (orderId: OrderId) => string
}

/**
 * Places an order under a key, waits for it if that is wanted, and answers: 202 with the order while it is under way, 201
 * once it is confirmed, its problem once it has failed.
 */
export const makePlacing = Effect.fnUntraced(function* ({ bodyOf, locationOf }: Showing) {
  const placeOrder = yield* PlaceOrder
  const ledger = yield* OrderLedger
  const watch = yield* WatchOrders

  const answer = (entry: LedgerEntry, isReplay: boolean) => {
    const headers = isReplay ? { "idempotency-replayed": "true" } : {}
    if (isAtRest(entry.status) && entry.status !== "COMPLETED")
      return respondWithProblem(problemOfFailed(entry), headers)
    const status = entry.status === "COMPLETED" ? 201 : 202
    return Effect.succeed(
      HttpServerResponse.jsonUnsafe(bodyOf(entry), {
        status,
        headers: { ...headers, location: locationOf(entry.orderId) }
      })
    )
  }

  return Effect.fnUntraced(function* (key: string, request: OrderRequest, waitMs: number | undefined) {
    const tenant = yield* CurrentTenant
    const accepted = yield* placeOrder(tenant, key, request)
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
      const entry = yield* waitMs === undefined ? ledger.find(tenant.organizationId, orderId) : later(orderId, waitMs)
      return yield* Option.match(entry, {
        onNone: () => Effect.fail(new GatewayError({ is_retryable: true })),
        onSome: (found) => answer(found, true)
      })
    }
    return yield* respondWithoutOrder(accepted)
  })
})

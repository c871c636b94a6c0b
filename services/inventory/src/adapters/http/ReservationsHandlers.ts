import { TemporarilyUnavailable } from "@valerix/http/contract"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { GetReservations } from "../../application/GetReservations.ts"
import { InventoryInternalApi } from "../../contract/InventoryApi.ts"
import { InventoryCommands } from "../../contract/InventoryCommands.ts"
import type { Reservation } from "../../domain/Reservation.ts"
import { doneOrProblem } from "./OutcomeProblems.ts"

const total = (lines: ReadonlyArray<Reservation>): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** The commands of an order's execution as HTTP, each a vector of one. */
export const layerReservationsHandlers = HttpApiBuilder.group(
  InventoryInternalApi,
  "reservations",
  Effect.fnUntraced(function* (handlers) {
    const commands = yield* InventoryCommands
    const getReservations = yield* GetReservations

    return handlers.handleAll({
      reserve: Effect.fnUntraced(function* ({ payload }) {
        const { organizationId } = yield* CurrentTenant
        const { epoch = 0, items, order_id: orderId } = payload
        const lines = items.map(({ product_id: productId, quantity }) => ({ productId, quantity }))
        const correlationId = yield* CurrentCorrelationId
        const [outcome] = yield* commands.reserve([{ organizationId, orderId, epoch, correlationId, lines }])
        yield* doneOrProblem(orderId, outcome)
        const held = yield* getReservations(organizationId, orderId)
        return {
          order_id: orderId,
          reservation_ids: held.map(({ reservationId }) => reservationId),
          line_items_reserved: held.length,
          total_quantity_reserved: total(held)
        }
      }),

      release: Effect.fnUntraced(function* ({ params, query }) {
        const { organizationId } = yield* CurrentTenant
        const { order_id: orderId } = params
        const correlationId = yield* CurrentCorrelationId
        const command = { organizationId, orderId, epoch: query.epoch ?? 0, correlationId }
        const [outcome] = yield* commands.release([command])
        if (outcome?._tag !== "Done" && outcome?._tag !== "Cancelled") return yield* new TemporarilyUnavailable()
        const lines = yield* getReservations(organizationId, orderId)
        const released = lines.filter(({ status }) => status === "RELEASED")
        return {
          order_id: orderId,
          released_count: released.length,
          total_quantity_restored: total(released),
          message: releaseMessage(outcome._tag, released.length)
        }
      })
    })
  })
)

const releaseMessage = (outcome: "Done" | "Cancelled", released: number): string => {
  if (outcome === "Cancelled") return "A newer epoch speaks for the order: nothing was changed."
  return released === 0 ? "The order held no stock." : "The order's stock can be sold again."
}

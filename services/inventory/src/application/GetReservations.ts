import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { TenantTransactions } from "@valerix/tenancy"
import { Context, Effect, Layer } from "effect"
import type { Reservation } from "../domain/Reservation.ts"
import { ReservationRepository } from "./ports/ReservationRepository.ts"

/** What an order holds, or held until it was released; by product. */
export class GetReservations extends Context.Service<
  GetReservations,
  (organizationId: OrganizationId, orderId: OrderId) => Effect.Effect<ReadonlyArray<Reservation>>
>()("@valerix/inventory/GetReservations") {
  static readonly layer = Layer.effect(
    GetReservations,
    Effect.gen(function* () {
      const transactions = yield* TenantTransactions
      const reservations = yield* ReservationRepository
      return Effect.fn("GetReservations")((organizationId, orderId) =>
        transactions.run([organizationId])(reservations.ofOrders([{ organizationId, orderId }]))
      )
    })
  )
}

import type { OrderId, OrganizationId, ProductId, Quantity } from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Context, Effect, Layer } from "effect"
import { InventoryCommands } from "../contract/InventoryCommands.ts"
import { ReservationDiffers } from "../domain/InventoryErrors.ts"
import type { Reservation } from "../domain/Reservation.ts"
import { GetReservations } from "./GetReservations.ts"

/** One product of one order. */
export interface OneProduct {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
  readonly productId: ProductId
  readonly quantity: Quantity
  readonly correlationId: string | undefined
}

/**
 * Reserves and releases for callers who name an order of one product in full. Who names something else than the order
 * holds is refused, and nothing is changed. What an order holds is decided once and then only released, so looking
 * before or after the command finds the same.
 */
export class HoldProduct extends Context.Service<
  HoldProduct,
  {
    readonly reserve: (wanted: OneProduct) => Effect.Effect<Outcome | undefined, ReservationDiffers>
    /** Done also when it was released before; Cancelled when somebody newer speaks for the order, and it holds it still. */
    readonly release: (held: OneProduct) => Effect.Effect<Outcome | undefined, ReservationDiffers>
  }
>()("@valerix/inventory/HoldProduct") {
  static readonly layer = Layer.effect(
    HoldProduct,
    Effect.gen(function* () {
      const commands = yield* InventoryCommands
      const getReservations = yield* GetReservations

      const reserve = Effect.fn("HoldProduct.reserve")(function* (wanted: OneProduct) {
        const { productId, quantity, ...order } = wanted
        const [outcome] = yield* commands.reserve([{ ...order, epoch: 0, lines: [{ productId, quantity }] }])
        if (outcome?._tag !== "Done") return outcome
        const lines = yield* getReservations(wanted.organizationId, wanted.orderId)
        return isAll(lines, wanted) ? outcome : yield* differs(lines)
      })

      const release = Effect.fn("HoldProduct.release")(function* (held: OneProduct) {
        const lines = yield* getReservations(held.organizationId, held.orderId)
        if (!isAll(lines, held)) return yield* differs(lines)
        const { organizationId, orderId, correlationId } = held
        const [outcome] = yield* commands.release([{ organizationId, orderId, correlationId, epoch: 0 }])
        if (outcome?._tag !== "Cancelled") return outcome
        const after = yield* getReservations(organizationId, orderId)
        return after.some(isHeld) ? outcome : { _tag: "Done" as const }
      })

      return HoldProduct.of({ reserve, release })
    })
  )
}

const isHeld = ({ status }: Reservation): boolean => status === "RESERVED"

/** Whether a reservation is all that the order holds or has ever held. */
const isAll = ([line, ...more]: ReadonlyArray<Reservation>, { productId, quantity }: OneProduct): boolean =>
  more.length === 0 && line?.productId === productId && line.quantity === quantity

const differs = (lines: ReadonlyArray<Reservation>) => new ReservationDiffers({ held: lines.filter(isHeld) })

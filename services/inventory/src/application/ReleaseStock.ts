import { Outbox } from "@valerix/messaging"
import { cancelled, done, runVectorInParts, SagaFences } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect } from "effect"
import type { ReservationCommand } from "../contract/InventoryCommands.ts"
import { inventoryReleased } from "./InventoryEvents.ts"
import { byOrder } from "./OrderKey.ts"
import { ReservationRepository } from "./ports/ReservationRepository.ts"

const fenced = ({ organizationId, orderId, epoch }: ReservationCommand) => ({ organizationId, sagaId: orderId, epoch })

/**
 * Releases what a vector of orders holds. Each leaves a tombstone, whether it held anything or not, so that no reserve
 * that arrives later takes stock for it. An order that held nothing changes no stock and tells nobody. See
 * InventoryCommands.
 */
export const makeReleaseStock = Effect.gen(function* () {
  const transactions = yield* TenantTransactions
  const fences = yield* SagaFences
  const outbox = yield* Outbox
  const reservations = yield* ReservationRepository

  const releasePart = (commands: ReadonlyArray<ReservationCommand>) =>
    transactions.run(commands.map(({ organizationId }) => organizationId))(
      Effect.gen(function* () {
        const isAdmitted = yield* fences.undo(commands.map(fenced))
        const admitted = commands.filter((_, index) => isAdmitted[index] === true)
        const released = Map.groupBy(
          yield* reservations.release(admitted),
          ({ organizationId, orderId }) => `${organizationId}/${orderId}`
        )
        yield* outbox.append(
          admitted.flatMap((order) => {
            const lines = released.get(`${order.organizationId}/${order.orderId}`)
            return lines === undefined ? [] : [inventoryReleased(order, lines)]
          })
        )
        return commands.map((_, index) => (isAdmitted[index] === true ? done : cancelled))
      })
    )

  return Effect.fn("ReleaseStock.release")((commands: ReadonlyArray<ReservationCommand>) =>
    runVectorInParts(commands, byOrder, releasePart)
  )
})

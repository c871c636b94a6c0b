import { Outbox } from "@valerix/messaging"
import type { OrganizationId, ProductId } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { Effect } from "effect"
import { movementTypeOf, type StockMovement, type StockReason } from "../domain/StockMovement.ts"
import { inventoryAdjusted } from "./InventoryEvents.ts"
import { BalanceRepository } from "./ports/BalanceRepository.ts"
import { StockLedger } from "./ports/StockLedger.ts"

/** Stock that is to be added to a product at MAIN. */
export interface Booking {
  readonly organizationId: OrganizationId
  readonly transactionId: string
  readonly productId: ProductId
  readonly sku: string
  readonly quantity: number
  readonly reason: StockReason
  readonly referenceId: string | undefined
  readonly notes: string | undefined
  readonly createdBy: string
}

/** The step that adding stock and creating a product with stock share: balance, movement and event, in the caller's transaction. */
export const makeBookStock = Effect.gen(function* () {
  const outbox = yield* Outbox
  const balances = yield* BalanceRepository
  const ledger = yield* StockLedger

  return Effect.fnUntraced(function* (booking: Booking) {
    const { organizationId, quantity, sku, ...rest } = booking
    const locationId = yield* balances.mainLocation(organizationId)
    const onHandAfter = yield* balances.addOnHand({ organizationId, productId: rest.productId, locationId, quantity })
    const movement = { ...rest, locationId, quantity, onHandAfter, type: movementTypeOf(rest.reason) }
    const createdAt = yield* ledger.record({ ...movement, organizationId })
    yield* outbox.append([inventoryAdjusted({ ...movement, organizationId, sku }, yield* CurrentCorrelationId)])
    const booked: StockMovement = { ...movement, createdAt }
    return booked
  })
})

import type { DomainEvent } from "@valerix/messaging"
import { cancelled, done, type Outcome, rejected, runVectorInParts } from "@valerix/saga"
import { TenantTransactions } from "@valerix/tenancy"
import { Effect } from "effect"
import type { ReserveStock } from "../contract/InventoryCommands.ts"
import { type Allocation, allocate, type Take } from "../domain/Allocation.ts"
import { type Books, makeBooks } from "./Books.ts"
import { fenced } from "./Fenced.ts"
import { inventoryReservationFailed, inventoryReserved } from "./InventoryEvents.ts"
import { byOrder, orderKeyOf } from "./OrderKey.ts"
import type { OrderKey, Refusal } from "./ports/ReservationRepository.ts"
import { refusalOf } from "./Refusals.ts"

/**
 * Reserves stock for a vector of orders, in their order: the balances that they want are locked once, read, given out in
 * memory, and written back, in eight statements for one order or a thousand. An order decided before is answered as
 * it was then. See InventoryCommands.
 */
export const makeReserveStock = Effect.gen(function* () {
  const transactions = yield* TenantTransactions
  const books = yield* makeBooks

  const reservePart = (commands: ReadonlyArray<ReserveStock>) =>
    transactions.run(commands.map(({ organizationId }) => organizationId))(decide(books, commands))

  return Effect.fn("ReserveStock.reserve")((commands: ReadonlyArray<ReserveStock>) =>
    runVectorInParts(commands, byOrder, reservePart)
  )
})

const allocateStock = Effect.fnUntraced(function* ({ reservations }: Books, demands: ReadonlyArray<ReserveStock>) {
  const products = demands.flatMap(({ organizationId, lines }) =>
    lines.map(({ productId }) => ({ organizationId, productId }))
  )
  const locked = yield* reservations.lockStock(products)
  return allocate(yield* reservations.availableStock(products, locked), demands)
})

/** Writes what was decided, and gives the refusal, if it is one, of each order. */
const keep = Effect.fnUntraced(function* (
  { outbox, reservations }: Books,
  allocations: ReadonlyArray<Allocation>,
  commands: ReadonlyMap<string, ReserveStock>
) {
  const decisions = new Map<string, Refusal | undefined>()
  const events: Array<DomainEvent> = []
  const takes: Array<Take> = []
  const refusals: Array<OrderKey & { readonly refusal: Refusal }> = []
  for (const allocation of allocations) {
    const { organizationId, orderId } = allocation.demand
    const key = orderKeyOf(allocation.demand)
    const order = { organizationId, orderId, correlationId: commands.get(key)?.correlationId }
    if (allocation._tag === "Allocated") {
      decisions.set(key, undefined)
      takes.push(...allocation.takes)
      if (allocation.takes.length > 0) events.push(inventoryReserved(order, allocation.takes))
    } else {
      const refusal = refusalOf(allocation.reason)
      decisions.set(key, refusal)
      refusals.push({ organizationId, orderId, refusal })
      events.push(inventoryReservationFailed(order, refusal.details.product_id, refusal.code))
    }
  }
  yield* reservations.hold(takes)
  yield* reservations.refuse(refusals)
  yield* outbox.append(events)
  return decisions
})

/** Decides about a vector of orders, and gives each its answer. */
const decide = Effect.fnUntraced(function* (books: Books, commands: ReadonlyArray<ReserveStock>) {
  const { fences, reservations } = books
  const isAdmitted = yield* fences.admit(commands.map(fenced))
  const admitted = new Map(
    commands.filter((_, index) => isAdmitted[index] === true).map((command) => [orderKeyOf(command), command])
  )
  const earlier = yield* reservations.earlierDecisions([...admitted.values()])
  const decisions = new Map(earlier.map((decision) => [orderKeyOf(decision), decision.refusal]))
  const demands = [...admitted.values()].filter((command) => !decisions.has(orderKeyOf(command)))
  const allocations = yield* allocateStock(books, demands)
  for (const [key, refusal] of yield* keep(books, allocations, admitted)) decisions.set(key, refusal)
  return commands.map((command) =>
    admitted.has(orderKeyOf(command)) ? answer(decisions.get(orderKeyOf(command))) : cancelled
  )
})

const answer = (refusal: Refusal | undefined): Outcome =>
  refusal === undefined ? done : rejected(refusal.code, refusal.message, refusal.details)

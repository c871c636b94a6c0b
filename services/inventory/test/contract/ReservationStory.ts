import { makeOrderId } from "@valerix/money-and-ids"
import { Aliases } from "@valerix/testing"
import { Effect, Exit } from "effect"
import fc from "fast-check"
import { allocate, type Demand } from "../../src/domain/Allocation.ts"
import type { Reservation } from "../../src/domain/Reservation.ts"
import { newOrganization, orderFor } from "../Fixtures.ts"
import { inTransaction, Shelf } from "./ReservationBench.ts"

const ORDERS = 5
const STOCK = [3, 6, 0] as const

type Does = "reserve" | "hold blindly" | "refuse" | "release" | "ask"

interface Step {
  readonly does: Does
  /** An order may stand twice. */
  readonly orders: ReadonlyArray<{ readonly order: number; readonly wants: ReadonlyArray<number> }>
  readonly isRolledBack: boolean
}

const step = fc.record<Step>({
  does: fc.constantFrom<Does>("reserve", "reserve", "reserve", "release", "release", "hold blindly", "refuse", "ask"),
  orders: fc.array(
    fc.record({ order: fc.nat(ORDERS - 1), wants: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }) }),
    {
      maxLength: 5
    }
  ),
  isRolledBack: fc.constantFrom(false, false, false, true)
})

export const reservationStories = fc.array(step, { maxLength: 12 })

const REFUSAL = {
  code: "insufficient_stock",
  message: "There is too little.",
  details: { product_id: "p", requested: 4 }
}

/** Tells a story to a repository, and gives what it answered and what it holds in the end. */
export const tellReservations = Effect.fnUntraced(function* (story: ReadonlyArray<Step>) {
  const shelf = yield* Shelf
  const aliases = new Aliases()
  const organizations = [newOrganization(), newOrganization()] as const
  const products = yield* Effect.forEach(organizations, (organizationId) =>
    Effect.forEach(STOCK, (onHand, index) => shelf.put(organizationId, onHand, `SKU-${index}`))
  )
  const orders = Array.from({ length: ORDERS }, (_, index) => {
    const which = index % 2 === 0 ? 0 : 1
    return { orderId: makeOrderId(), organizationId: organizations[which], products: products[which] ?? [] }
  })
  const seen: Array<unknown> = [aliases.of({ orders, organizations })]
  const withoutId = ({ reservationId: _, ...reservation }: Reservation) => reservation

  const demandsOf = (chosen: Step["orders"]): ReadonlyArray<Demand> =>
    chosen.flatMap(({ order, wants }) => {
      const one = orders[order]
      if (one === undefined) return []
      const lines = one.products.map(({ productId }, index) => [productId, wants[index] ?? 0] as const)
      return [
        orderFor(
          one.organizationId,
          lines.filter(([, wanted]) => wanted > 0),
          { orderId: one.orderId }
        )
      ]
    })

  for (const { does, isRolledBack, orders: chosen } of story) {
    const demands = demandsOf(chosen)
    const wanted = demands.flatMap(({ lines, organizationId }) =>
      lines.map(({ productId }) => ({ organizationId, productId }))
    )
    const exit = yield* Effect.exit(
      inTransaction(demands, (repository) =>
        Effect.gen(function* () {
          if (does === "reserve" || does === "hold blindly") {
            const earlier = yield* repository.earlierDecisions(demands)
            seen.push(aliases.sorted(earlier))
            const decided = new Set(earlier.map(({ orderId }) => orderId))
            const open = does === "reserve" ? demands.filter(({ orderId }) => !decided.has(orderId)) : demands
            const locked = yield* repository.lockStock(wanted)
            seen.push(aliases.sorted(locked))
            // As if the others had come into being after the lock.
            const first = locked.filter(({ productId }) => productId === wanted[0]?.productId)
            seen.push(aliases.sorted(yield* repository.availableStock(wanted, first)))
            const stock = yield* repository.availableStock(wanted, locked)
            seen.push(aliases.sorted(stock))
            const takes = allocate(stock, open).flatMap((one) => (one._tag === "Allocated" ? one.takes : []))
            yield* repository.hold(takes)
          }
          if (does === "refuse") {
            yield* repository.refuse(
              demands.map(({ orderId, organizationId }) => ({ organizationId, orderId, refusal: REFUSAL }))
            )
          }
          if (does === "release") seen.push(aliases.sorted((yield* repository.release(demands)).map(withoutId)))
          seen.push(aliases.of((yield* repository.ofOrders(demands)).map(withoutId)))
          if (isRolledBack) return yield* Effect.fail("rolled back")
        })
      )
    )
    seen.push(Exit.isSuccess(exit))
  }
  const end = yield* inTransaction(orders, (repository) =>
    Effect.all([repository.ofOrders(orders), repository.earlierDecisions(orders)])
  )
  seen.push(aliases.of(end[0].map(withoutId)), aliases.sorted(end[1]))
  for (const [index, organizationId] of organizations.entries()) {
    for (const { productId } of products[index] ?? []) seen.push(yield* shelf.balanceOf(organizationId, productId))
  }
  return seen
})

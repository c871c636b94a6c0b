import { Data, Result } from "effect"

/**
 * How far a sales order has come:
 *
 *     PENDING ──confirm──▶ CONFIRMED
 *        │                     │
 *        └──────cancel─────────┴──▶ CANCELLED
 */
export type OrderStatus = (typeof ORDER_STATUSES)[number]
export const ORDER_STATUSES = ["PENDING", "CONFIRMED", "CANCELLED"] as const

const NEXT: Readonly<Record<OrderStatus, ReadonlyArray<OrderStatus>>> = {
  PENDING: ["CONFIRMED", "CANCELLED"],
  CONFIRMED: ["CANCELLED"],
  CANCELLED: []
}

/** The order cannot go from where it is to where it was asked to go. */
export class InvalidStatusTransition extends Data.TaggedError("InvalidStatusTransition")<{
  readonly current: OrderStatus
  readonly attempted: OrderStatus
}> {}

/** An order was moved, or was there already: a repetition changes nothing and is no error. */
export type Transition = "moved" | "repeated"

/** Says whether an order can go to a status. Fails with InvalidStatusTransition. */
export const moveTo = (
  current: OrderStatus,
  attempted: OrderStatus
): Result.Result<Transition, InvalidStatusTransition> => {
  if (current === attempted) return Result.succeed("repeated")
  return NEXT[current].includes(attempted)
    ? Result.succeed("moved")
    : Result.fail(new InvalidStatusTransition({ current, attempted }))
}

/** Whether an order of this status can still be cancelled. */
export const canBeCancelled = (current: OrderStatus): boolean => NEXT[current].includes("CANCELLED")

import type { ProductId } from "@valerix/money-and-ids"

/** A balance beside the sums that it has to agree with, all of one moment. */
export interface CountedBalance {
  readonly productId: ProductId
  readonly locationId: string
  readonly onHand: number
  readonly reserved: number
  /** The sum of the inventory transactions. */
  readonly moved: number
  /** The sum of the active reservations. */
  readonly held: number
}

export type BalanceFault = "on_hand_mismatch" | "reserved_mismatch" | "balance_out_of_bounds"

/** What is wrong with a balance: on hand = moved, reserved = held, 0 ≤ reserved ≤ on hand. */
export const faultsOf = (
  balance: CountedBalance
): ReadonlyArray<{ readonly code: BalanceFault; readonly message: string }> => {
  const { held, locationId, moved, onHand, reserved } = balance
  const faults: Array<{ readonly code: BalanceFault; readonly message: string }> = []
  if (onHand !== moved) {
    faults.push({
      code: "on_hand_mismatch",
      message: `${onHand} on hand at location ${locationId}, but its transactions sum up to ${moved}.`
    })
  }
  if (reserved !== held) {
    faults.push({
      code: "reserved_mismatch",
      message: `${reserved} reserved at location ${locationId}, but active reservations sum up to ${held}.`
    })
  }
  if (reserved < 0 || reserved > onHand) {
    faults.push({
      code: "balance_out_of_bounds",
      message: `${reserved} reserved of ${onHand} on hand at location ${locationId}.`
    })
  }
  return faults
}

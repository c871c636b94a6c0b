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

/** A balance whose movements were followed, too. */
export interface RecountedBalance extends CountedBalance {
  /** Each movement says what was on hand after it; from nothing to the sum, none is missing in between. */
  readonly isUnbroken: boolean
}

/** What a balance has to be by its books, or why they do not tell. */
export type Correction =
  | { readonly _tag: "Sound" }
  | { readonly _tag: "Correct"; readonly onHand: number; readonly reserved: number }
  | { readonly _tag: "Unclear"; readonly why: string }

/**
 * The movements are never changed, and reserved is what the reservations hold, so both can be counted again; unless a
 * movement is missing, or more is held than there is.
 */
export const correctionOf = (balance: RecountedBalance): Correction => {
  const { held, isUnbroken, locationId, moved, onHand, reserved } = balance
  if (onHand === moved && reserved === held) return { _tag: "Sound" }
  if (onHand !== moved && !isUnbroken) {
    return {
      _tag: "Unclear",
      why: `Movements at location ${locationId} are missing, so their sum is not what is on hand.`
    }
  }
  if (held > moved) {
    return { _tag: "Unclear", why: `At location ${locationId} ${held} are held for orders, and ${moved} came in.` }
  }
  return { _tag: "Correct", onHand: moved, reserved: held }
}

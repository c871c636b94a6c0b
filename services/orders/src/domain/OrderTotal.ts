import { AMOUNT_MAX_MINOR, MinorUnits } from "@valerix/money-and-ids"
import { Data, Result } from "effect"

/** What a line contributes to the total. */
export interface PricedLine {
  readonly quantity: number
  readonly unitPriceMinor: number
}

/** What shipping, a tax, a fee, or (negative) a discount contributes to the total. */
export interface PricedAdjustment {
  readonly amountMinor: number
}

/** The total is below zero, or it or the sum of the lines is larger than any amount can be. */
export class OrderTotalOutOfRange extends Data.TaggedError("OrderTotalOutOfRange") {}

/** A line's total, in minor units. Exact up to AMOUNT_MAX_MINOR, and beyond it at least beyond it. */
export const lineTotal = (line: PricedLine): number => line.quantity * line.unitPriceMinor

/** The order's total in minor units: its lines and its adjustments, all in the order's one currency. */
export const calculateTotal = (
  lines: ReadonlyArray<PricedLine>,
  adjustments: ReadonlyArray<PricedAdjustment>
): Result.Result<MinorUnits, OrderTotalOutOfRange> => {
  let sum = 0
  for (const line of lines) {
    sum += lineTotal(line)
    // Looked at after every line, because a sum beyond the safe integers is no longer exact.
    if (sum > AMOUNT_MAX_MINOR) return Result.fail(new OrderTotalOutOfRange())
  }
  for (const { amountMinor } of adjustments) sum += amountMinor
  return sum >= 0 && sum <= AMOUNT_MAX_MINOR
    ? Result.succeed(MinorUnits.make(sum, { disableChecks: true }))
    : Result.fail(new OrderTotalOutOfRange())
}

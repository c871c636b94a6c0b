import { AMOUNT_MAX_MINOR, type MinorUnits, QUANTITY_MAX } from "@valerix/money-and-ids"
import { Data, Result } from "effect"
import { calculateTotal, type PricedAdjustment, type PricedLine } from "./OrderTotal.ts"

export const LINES_MAX = 2_000
export const ADJUSTMENTS_MAX = 100

export interface NewOrder {
  readonly lines: ReadonlyArray<PricedLine>
  readonly adjustments: ReadonlyArray<PricedAdjustment>
  /** The total that the customer was shown and has authorized. */
  readonly totalMinor: MinorUnits
}

/** The order breaks a rule that every order keeps, whatever its total. */
export class OrderInvalid extends Data.TaggedError("OrderInvalid")<{ readonly rule: string }> {}

/** The stated total is not what the lines and adjustments add up to. */
export class OrderTotalMismatch extends Data.TaggedError("OrderTotalMismatch")<{
  readonly statedMinor: number
  readonly calculatedMinor: number
}> {}

const brokenRule = ({ adjustments, lines }: NewOrder): string | undefined => {
  if (lines.length < 1 || lines.length > LINES_MAX) return `An order has 1 to ${LINES_MAX} lines.`
  if (adjustments.length > ADJUSTMENTS_MAX) return `An order has at most ${ADJUSTMENTS_MAX} adjustments.`
  if (!lines.every(({ quantity }) => isWhole(quantity, 1, QUANTITY_MAX))) {
    return `A line's quantity is a whole number from 1 to ${QUANTITY_MAX}.`
  }
  if (!lines.every(({ unitPriceMinor }) => isWhole(unitPriceMinor, 0, AMOUNT_MAX_MINOR))) {
    return "A line's price is a whole number of minor units and not negative."
  }
  if (!adjustments.every(({ amountMinor }) => isWhole(amountMinor, -AMOUNT_MAX_MINOR, AMOUNT_MAX_MINOR))) {
    return "An adjustment's amount is a whole number of minor units."
  }
  return undefined
}

const isWhole = (value: number, minimum: number, maximum: number) =>
  Number.isInteger(value) && value >= minimum && value <= maximum

/**
 * Checks an order that is to be created and gives its total. Fails with OrderInvalid, or with OrderTotalMismatch when
 * the stated total is another.
 */
export const checkNewOrder = (order: NewOrder): Result.Result<MinorUnits, OrderInvalid | OrderTotalMismatch> => {
  const rule = brokenRule(order)
  if (rule !== undefined) return Result.fail(new OrderInvalid({ rule }))
  return calculateTotal(order.lines, order.adjustments).pipe(
    Result.mapError(
      () => new OrderInvalid({ rule: "An order's total is not negative, and no larger than an amount can be." })
    ),
    Result.filterOrFail(
      (calculatedMinor) => calculatedMinor === order.totalMinor,
      (calculatedMinor) => new OrderTotalMismatch({ statedMinor: order.totalMinor, calculatedMinor })
    )
  )
}

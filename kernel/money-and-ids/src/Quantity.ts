import { Schema } from "effect"

/** The largest quantity that one line of an order, a receipt or a movement can name. */
export const QUANTITY_MAX = 1_000_000

/** How many units: a positive whole number. A movement's sign says its direction. */
export const Quantity = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: QUANTITY_MAX })).pipe(
  Schema.brand("Quantity")
)
export type Quantity = typeof Quantity.Type

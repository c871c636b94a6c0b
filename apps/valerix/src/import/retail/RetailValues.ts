import { createHash } from "node:crypto"
import { Sku } from "@valerix/inventory/contract"
import { Currency, CustomerId } from "@valerix/money-and-ids"
import { Schema } from "effect"

/** The currency of all prices in the file. */
export const GBP = Currency.make("GBP")

export const isSku = Schema.is(Sku)

/** The time in the ids of customers: they come from the file, so they hold none of their own. */
const MILLENNIUM = "00dc6acfac00"

/**
 * The customer of a number in the file, and the one that stands for all whom the retailer does not know: the same id for
 * the same number, in the form of a UUID version 7.
 */
export const customerIdOf = (customer: string | undefined): CustomerId => {
  const name = customer === undefined ? "retail customer, unknown" : `retail customer ${customer}`
  const hex = createHash("sha256").update(name).digest("hex")
  const variant = "89ab"[Number.parseInt(hex.slice(3, 4), 16) % 4] ?? "8"
  return CustomerId.make(
    [
      MILLENNIUM.slice(0, 8),
      MILLENNIUM.slice(8),
      `7${hex.slice(0, 3)}`,
      `${variant}${hex.slice(4, 7)}`,
      hex.slice(8, 20)
    ].join("-")
  )
}

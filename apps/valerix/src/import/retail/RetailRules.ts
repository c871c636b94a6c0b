import { AMOUNT_MAX_MINOR, MinorUnits, parseAmount, QUANTITY_MAX, Quantity } from "@valerix/money-and-ids"
import { Option } from "effect"
import type { RetailRow } from "./RetailRow.ts"
import { GBP, isSku } from "./RetailValues.ts"

/**
 * Why rows of the retailer's file do not become part of an order. The first five are rules about a row, in the order in
 * which they are asked; the others are about the invoice that a row belongs to.
 */
export const RETAIL_REASONS = {
  cancellation: "the invoice begins with C: goods that were sold before come back",
  correction: "the invoice begins with A or another letter: bad debt and other bookings without goods",
  stock_adjustment: "the quantity is 0, or less, without a cancellation: goods damaged, lost or found",
  no_price: "the unit price is 0, or less: gifts, write-offs and notes about the stock",
  price_below_a_penny: "the unit price is not a whole number of pence",
  not_a_sku: "the stock code cannot be a SKU",
  quantity_too_large: `more than ${QUANTITY_MAX} in one line, or an amount that is too large`,
  charges_only: "the invoice has charges, and no goods",
  nothing_to_charge: "the invoice comes to nothing, or less",
  too_many_lines: "the invoice has more lines, or more charges, than one order may have",
  invoice_used_before: "the number of the invoice was used before for an order that is not the same"
} as const
export type RetailReason = keyof typeof RETAIL_REASONS

/** Stock codes that are no goods, and what they are in an order. */
export const CHARGES: Readonly<Record<string, "SHIPPING" | "FEE">> = {
  POST: "SHIPPING",
  DOT: "SHIPPING",
  C2: "SHIPPING",
  M: "FEE",
  D: "FEE",
  S: "FEE",
  B: "FEE",
  CRUK: "FEE",
  ADJUST: "FEE",
  ADJUST2: "FEE",
  AMAZONFEE: "FEE",
  "BANK CHARGES": "FEE"
}

/** What a row is. */
export type RetailPart =
  | {
      readonly _tag: "Goods"
      readonly sku: string
      readonly quantity: Quantity
      readonly priceMinor: MinorUnits
    }
  /** Added to the order's total; a discount is less than nothing. */
  | { readonly _tag: "Charge"; readonly kind: "SHIPPING" | "FEE" | "DISCOUNT"; readonly amountMinor: MinorUnits }
  | { readonly _tag: "NotImported"; readonly reason: RetailReason }

/** Says what a row is by itself, whatever its invoice comes to. */
export const partOf = ({ invoice, quantity, stockCode, unitPrice }: RetailRow): RetailPart => {
  if (/^C/i.test(invoice)) return notImported("cancellation")
  if (!/^\d/.test(invoice)) return notImported("correction")
  const charge = CHARGES[stockCode]
  if (quantity === 0 || (quantity < 0 && charge === undefined)) return notImported("stock_adjustment")
  if (unitPrice.startsWith("-") || Number(unitPrice) === 0) return notImported("no_price")
  const priceMinor = Option.getOrUndefined(parseAmount(unitPrice, GBP))
  if (priceMinor === undefined) return notImported("price_below_a_penny")
  if (Math.abs(quantity) > QUANTITY_MAX) return notImported("quantity_too_large")
  if (charge !== undefined) return chargeOf(charge, quantity * priceMinor)
  if (!isSku(stockCode)) return notImported("not_a_sku")
  return { _tag: "Goods", sku: stockCode, quantity: Quantity.make(quantity), priceMinor }
}

const notImported = (reason: RetailReason): RetailPart => ({ _tag: "NotImported", reason })

/** What is given back in a sale is a discount, whatever it is called. */
const chargeOf = (kind: "SHIPPING" | "FEE", amountMinor: number): RetailPart =>
  Math.abs(amountMinor) > AMOUNT_MAX_MINOR
    ? notImported("quantity_too_large")
    : {
        _tag: "Charge",
        kind: amountMinor < 0 ? "DISCOUNT" : kind,
        amountMinor: MinorUnits.make(amountMinor)
      }

import {
  AMOUNT_MAX_MINOR,
  type Currency,
  MinorUnits,
  type Money,
  type ProductId,
  type Quantity
} from "@valerix/money-and-ids"
import { Data, Effect } from "effect"
import type { OrderRequest, ProductName } from "./OrderRequest.ts"

/** What pricing needs to know of a product. */
export interface PricedProduct {
  readonly productId: ProductId
  readonly sku: string
  readonly priceMinor: MinorUnits
  readonly currency: Currency
}

export interface PricedLine {
  readonly productId: ProductId
  readonly sku: string
  readonly quantity: Quantity
  readonly unitPriceMinor: MinorUnits
}

/** A request with its prices, the catalogue's or its own: what is accepted, authorized and executed. */
export interface PricedOrder {
  readonly request: OrderRequest
  readonly currency: Currency
  readonly lines: ReadonlyArray<PricedLine>
  readonly totalMinor: MinorUnits
}

/** What is wrong with a request, field by field; the fields are named as the request names them. */
export class OrderNotPriceable extends Data.TaggedError("OrderNotPriceable")<{
  readonly problems: ReadonlyArray<{ readonly field: string; readonly code: PricingProblem; readonly message: string }>
}> {}

export type PricingProblem =
  | "product_not_found"
  | "currency_mismatch"
  | "price_negative"
  | "total_negative"
  | "total_too_large"

/**
 * Prices a request: total = items + adjustments, in one currency, never negative. All that is wrong is reported at once.
 */
export const priceOrder = (
  request: OrderRequest,
  find: (product: ProductName) => PricedProduct | undefined
): Effect.Effect<PricedOrder, OrderNotPriceable> => {
  const problems: Array<OrderNotPriceable["problems"][number]> = []
  const found = request.items.map(({ product }) => find(product))
  const currency =
    request.currency ??
    request.items.find(({ unitPrice }) => unitPrice !== undefined)?.unitPrice?.currency ??
    found.find((product) => product !== undefined)?.currency ??
    request.adjustments.at(0)?.amount.currency
  const lines: Array<PricedLine> = []
  request.items.forEach(({ product, quantity, unitPrice }, index) => {
    const priced = found[index]
    const price = unitPrice ?? priceOf(priced)
    if (priced === undefined) {
      const field = `items[${index}].${product._tag === "ById" ? "product_id" : "sku"}`
      problems.push({ field, code: "product_not_found", message: "there is no such product" })
    } else if (price !== undefined && price.currency !== currency) {
      const message = `the product is priced in ${price.currency}, the order is in ${currency}`
      problems.push({ field: `items[${index}]`, code: "currency_mismatch", message })
    } else if (price !== undefined && price.amountMinor < 0) {
      problems.push({ field: `items[${index}].unit_price`, code: "price_negative", message: "must not be negative" })
    } else if (price !== undefined) {
      lines.push({ productId: priced.productId, sku: priced.sku, quantity, unitPriceMinor: price.amountMinor })
    }
  })
  let adjustmentsMinor = 0
  request.adjustments.forEach(({ amount }, index) => {
    if (amount.currency === currency) {
      adjustmentsMinor += amount.amountMinor
      return
    }
    const message = `must be in the order's currency, ${currency}`
    problems.push({ field: `adjustments[${index}].amount.currency`, code: "currency_mismatch", message })
  })
  const itemsMinor = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0)
  const totalMinor = itemsMinor + adjustmentsMinor
  if (problems.length === 0 && totalMinor < 0) {
    problems.push({ field: "adjustments", code: "total_negative", message: "the order's total must not be negative" })
  }
  if (totalMinor > AMOUNT_MAX_MINOR || itemsMinor > AMOUNT_MAX_MINOR) {
    const field = itemsMinor > AMOUNT_MAX_MINOR ? "items" : "adjustments"
    problems.push({ field, code: "total_too_large", message: "the order's total is too large" })
  }
  if (problems.length > 0 || currency === undefined) return Effect.fail(new OrderNotPriceable({ problems }))
  return Effect.succeed({ request, currency, lines, totalMinor: MinorUnits.make(totalMinor) })
}

const priceOf = (product: PricedProduct | undefined): Money | undefined =>
  product === undefined ? undefined : { amountMinor: product.priceMinor, currency: product.currency }

import type { OrderToReplay } from "@valerix/checkout"
import type { Settled } from "./Invoices.ts"
import { customerIdOf, GBP } from "./RetailValues.ts"

/** The file does not say how its customers paid. */
const PAYMENT = { method: "card", token: "tok_import" }

/** The order that an invoice is: its number is the key, its prices are the file's. */
export const retailOrderOf = ({ charges, goods, rows }: Extract<Settled, { readonly _tag: "Sale" }>): OrderToReplay => {
  const [first] = rows
  const { country = "", customer, invoice = "", time = "" } = first ?? {}
  return {
    idempotencyKey: invoice,
    request: {
      customerId: customerIdOf(customer),
      email: undefined,
      currency: GBP,
      items: goods.map(({ priceMinor, quantity, sku }) => ({
        product: { _tag: "BySku", sku },
        quantity,
        unitPrice: { amountMinor: priceMinor, currency: GBP }
      })),
      adjustments: charges.map(({ charge: { amountMinor, kind }, row: { description, stockCode } }) => ({
        kind,
        amount: { amountMinor, currency: GBP },
        description: (description === "" ? stockCode : description).slice(0, 255)
      })),
      shippingAddress: undefined,
      payment: PAYMENT,
      externalReference: invoice,
      metadata: { invoice_date: time, country, ...(customer === undefined ? {} : { customer }) }
    }
  }
}

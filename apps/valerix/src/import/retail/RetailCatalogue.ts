import type { ProductToLoad } from "@valerix/inventory"
import type { MinorUnits } from "@valerix/money-and-ids"
import type { RetailRow } from "./RetailRow.ts"
import { partOf } from "./RetailRules.ts"
import { GBP } from "./RetailValues.ts"

const NAME_MAX = 255

interface Sold {
  name: string
  priceMinor: MinorUnits
  quantity: number
}

/** The products that a file sells: what it calls each first, asks for it last, and sells of it in all. */
export class RetailCatalogue {
  private readonly products = new Map<string, Sold>()

  add(row: RetailRow): void {
    const part = partOf(row)
    if (part._tag !== "Goods") return
    const product = this.products.get(part.sku)
    if (product === undefined) {
      this.products.set(part.sku, {
        name: detached(row.description),
        priceMinor: part.priceMinor,
        quantity: part.quantity
      })
      return
    }
    if (product.name === "") product.name = detached(row.description)
    product.priceMinor = part.priceMinor
    product.quantity += part.quantity
  }

  get size(): number {
    return this.products.size
  }

  /** The products, with as much stock as the file sells, received once for the file. */
  productsOf(digest: string): ReadonlyArray<ProductToLoad> {
    return [...this.products].map(([sku, { name, priceMinor, quantity }]) => ({
      sku,
      name: name === "" ? sku : name.slice(0, NAME_MAX),
      price: { amountMinor: priceMinor, currency: GBP },
      initialStock: 0,
      receipt: { idempotencyKey: `opening-stock:${digest}:${sku}`, quantity }
    }))
  }
}

/** A text that stands alone. One that was cut out of a chunk of the file would keep all of the chunk. */
const detached = (text: string): string => Buffer.from(text).toString()

import { ADJUSTMENTS_MAX, ORDER_LINES_MAX } from "@valerix/checkout/contract"
import { AMOUNT_MAX_MINOR } from "@valerix/money-and-ids"
import type { RetailRow } from "./RetailRow.ts"
import { partOf, type RetailPart, type RetailReason } from "./RetailRules.ts"

export type Goods = Extract<RetailPart, { readonly _tag: "Goods" }>
export type Charge = Extract<RetailPart, { readonly _tag: "Charge" }>

/** What rows of the file come to: an order, or why there is none. */
export type Settled =
  | {
      readonly _tag: "Sale"
      readonly rows: ReadonlyArray<RetailRow>
      readonly goods: ReadonlyArray<Goods>
      readonly charges: ReadonlyArray<{ readonly row: RetailRow; readonly charge: Charge }>
    }
  | { readonly _tag: "NotImported"; readonly rows: ReadonlyArray<RetailRow>; readonly reason: RetailReason }

/** An invoice has ended when so many rows have gone by since its last one. Later ones are not waited for. */
export const ROWS_APART_MAX = 1_000

const ROWS_OF_INVOICE_MAX = ORDER_LINES_MAX + ADJUSTMENTS_MAX

interface Open {
  readonly invoice: string
  lastNumber: number
  rows: Array<RetailRow>
  parts: Array<Goods | Charge>
  /** It has more rows than can become an order: they are settled one by one. */
  isOverfull: boolean
}

/**
 * Brings the rows of each invoice together, and settles every row exactly once: in the order of the invoices' first rows,
 * holding no more than the invoices that have not ended.
 */
export class Invoices {
  /** In the order of their first rows; what is settled waits for what came before it. */
  private readonly waiting: Array<Settled | Open> = []
  private readonly open = new Map<string, Open>()

  /** Takes the next row, and gives what is settled by then. */
  add(row: RetailRow): ReadonlyArray<Settled> {
    const part = partOf(row)
    const { number } = row.row
    if (part._tag === "NotImported") {
      this.waiting.push({ _tag: "NotImported", rows: [row], reason: part.reason })
    } else {
      this.put(row, part)
    }
    return this.settledBy(number)
  }

  /** Gives what is left when there are no more rows. */
  end(): ReadonlyArray<Settled> {
    return this.settledBy(Number.POSITIVE_INFINITY)
  }

  private put(row: RetailRow, part: Goods | Charge): void {
    const { number } = row.row
    const known = this.open.get(row.invoice)
    const invoice = known !== undefined && number - known.lastNumber <= ROWS_APART_MAX ? known : undefined
    if (invoice === undefined) {
      const begun: Open = { invoice: row.invoice, lastNumber: number, rows: [row], parts: [part], isOverfull: false }
      this.open.set(row.invoice, begun)
      this.waiting.push(begun)
      return
    }
    invoice.lastNumber = number
    if (invoice.isOverfull || invoice.rows.length === ROWS_OF_INVOICE_MAX) {
      invoice.isOverfull = true
      this.waiting.push({ _tag: "NotImported", rows: [row], reason: "too_many_lines" })
      return
    }
    invoice.rows.push(row)
    invoice.parts.push(part)
  }

  private settledBy(number: number): ReadonlyArray<Settled> {
    const settled: Array<Settled> = []
    let count = 0
    for (const first of this.waiting) {
      if ("_tag" in first) {
        settled.push(first)
      } else {
        if (!first.isOverfull && number - first.lastNumber <= ROWS_APART_MAX) break
        settled.push(settle(first))
        // One that is overfull is known as such for as long as its rows go on, but they are not kept.
        if (first.isOverfull) first.rows = []
        else if (this.open.get(first.invoice) === first) this.open.delete(first.invoice)
      }
      count += 1
    }
    if (count > 0) this.waiting.splice(0, count)
    return settled
  }
}

const settle = ({ isOverfull, parts, rows }: Open): Settled => {
  const goods = parts.filter((part) => part._tag === "Goods")
  const charges = parts.flatMap((charge, index) => {
    const row = rows[index]
    return charge._tag === "Charge" && row !== undefined ? [{ row, charge }] : []
  })
  const reason = isOverfull
    ? "too_many_lines"
    : reasonAgainst(
        goods,
        charges.map(({ charge }) => charge)
      )
  return reason === undefined ? { _tag: "Sale", rows, goods, charges } : { _tag: "NotImported", rows, reason }
}

const reasonAgainst = (goods: ReadonlyArray<Goods>, charges: ReadonlyArray<Charge>): RetailReason | undefined => {
  if (goods.length > ORDER_LINES_MAX || charges.length > ADJUSTMENTS_MAX) return "too_many_lines"
  if (goods.length === 0) return "charges_only"
  const items = goods.reduce((sum, { priceMinor, quantity }) => sum + priceMinor * quantity, 0)
  const total = charges.reduce((sum, { amountMinor }) => sum + amountMinor, items)
  if (items > AMOUNT_MAX_MINOR || total > AMOUNT_MAX_MINOR) return "quantity_too_large"
  return total > 0 ? undefined : "nothing_to_charge"
}

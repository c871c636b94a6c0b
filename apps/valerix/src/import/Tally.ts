import { Schema } from "effect"

const Counts = Schema.Record(Schema.String, Schema.Int)

/** What became of the rows of a file, each counted once: `rows` is `imported` and all of `notImported`. */
export const Tally = Schema.Struct({
  rows: Schema.Int,
  imported: Schema.Int,
  /** By reason. */
  notImported: Counts,
  orders: Schema.Struct({
    /** Executed, and not there before this run. */
    executed: Schema.Int,
    /** Executed in an earlier run, or by somebody else who used the same keys. */
    executedBefore: Schema.Int,
    /** By what they failed with. */
    failed: Counts
  }),
  products: Schema.Struct({
    created: Schema.Int,
    changed: Schema.Int,
    unchanged: Schema.Int,
    /** Pieces of stock. */
    received: Schema.Int
  })
})
export type Tally = typeof Tally.Type

const EMPTY: Tally = {
  rows: 0,
  imported: 0,
  notImported: {},
  orders: { executed: 0, executedBefore: 0, failed: {} },
  products: { created: 0, changed: 0, unchanged: 0, received: 0 }
}

/** Counts what becomes of rows. */
export class Tallying {
  private readonly counts: {
    -readonly [Key in keyof Tally]: Tally[Key] extends number ? number : Tally[Key]
  }

  constructor(from: Tally = EMPTY) {
    this.counts = structuredClone(from)
  }

  get now(): Tally {
    return structuredClone(this.counts)
  }

  get rows(): number {
    return this.counts.rows
  }

  get orders(): number {
    const { executed, executedBefore, failed } = this.counts.orders
    return executed + executedBefore + Object.values(failed).reduce((sum, count) => sum + count, 0)
  }

  imported(rows: number): void {
    this.counts.rows += rows
    this.counts.imported += rows
  }

  notImported(reason: string): void {
    this.counts.rows += 1
    this.counts.notImported = withOneMore(this.counts.notImported, reason)
  }

  orderExecuted(isNew: boolean): void {
    const { orders } = this.counts
    this.counts.orders = isNew
      ? { ...orders, executed: orders.executed + 1 }
      : { ...orders, executedBefore: orders.executedBefore + 1 }
  }

  orderFailed(code: string): void {
    const { orders } = this.counts
    this.counts.orders = { ...orders, failed: withOneMore(orders.failed, code) }
  }

  productLoaded(outcome: "CREATED" | "CHANGED" | "UNCHANGED", received: number): void {
    const { products } = this.counts
    const which = outcome === "CREATED" ? "created" : outcome === "CHANGED" ? "changed" : "unchanged"
    this.counts.products = { ...products, [which]: products[which] + 1, received: products.received + received }
  }
}

const withOneMore = (counts: Readonly<Record<string, number>>, key: string) => ({
  ...counts,
  [key]: (Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0) + 1
})

import { Effect, Exit, Semaphore } from "effect"

/** Takes a change back. */
type Reversal = () => void

/** Rows by key. A row is replaced, never changed in place. */
export class MemoryTable<Row> {
  private readonly rows = new Map<string, Row>()
  private readonly log: (reversal: Reversal) => void

  constructor(log: (reversal: Reversal) => void) {
    this.log = log
  }

  get(key: string): Row | undefined {
    return this.rows.get(key)
  }

  has(key: string): boolean {
    return this.rows.has(key)
  }

  values(): ReadonlyArray<Row> {
    return [...this.rows.values()]
  }

  set(key: string, row: Row): void {
    const before = this.rows.get(key)
    this.log(before === undefined ? () => this.rows.delete(key) : () => this.rows.set(key, before))
    this.rows.set(key, row)
  }

  delete(key: string): void {
    const before = this.rows.get(key)
    if (before === undefined) return
    this.log(() => this.rows.set(key, before))
    this.rows.delete(key)
  }
}

/**
 * A database in memory, for simulations: transactions follow one another, and one that does not succeed leaves nothing
 * behind. What is written outside of a transaction stays.
 */
export class MemoryDatabase {
  private readonly turn = Semaphore.makeUnsafe(1)
  private reversals: Array<Reversal> = []

  table<Row>(): MemoryTable<Row> {
    return new MemoryTable((reversal) => this.reversals.push(reversal))
  }

  transaction<A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const logged = Effect.suspend(() => {
      this.reversals = []
      return Effect.onExit(body, (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) for (const reverse of this.reversals.toReversed()) reverse()
          this.reversals = []
        })
      )
    })
    return this.turn.withPermits(1)(logged)
  }
}

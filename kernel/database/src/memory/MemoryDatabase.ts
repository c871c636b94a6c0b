import { Effect, Exit, Semaphore } from "effect"

/** Takes a change back. */
type Reversal = () => void

/** Rows by key, which begins with their organization: `<organization>/…`. A row is replaced, never changed in place. */
export class MemoryTable<Row> {
  private readonly rows = new Map<string, Row>()
  private readonly log: (reversal: Reversal) => void
  private readonly isSeen: (key: string) => boolean

  constructor(log: (reversal: Reversal) => void, isSeen: (key: string) => boolean) {
    this.log = log
    this.isSeen = isSeen
  }

  get(key: string): Row | undefined {
    return this.isSeen(key) ? this.rows.get(key) : undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  values(): ReadonlyArray<Row> {
    return [...this.rows].filter(([key]) => this.isSeen(key)).map(([, row]) => row)
  }

  /** Dies where the transaction does not name the row's organization. */
  set(key: string, row: Row): void {
    if (!this.isSeen(key)) throw new Error(`a row of another organization: ${key}`)
    const before = this.rows.get(key)
    this.log(before === undefined ? () => this.rows.delete(key) : () => this.rows.set(key, before))
    this.rows.set(key, row)
  }
}

/**
 * A database in memory, for simulations: transactions follow one another, and one that does not succeed leaves nothing
 * behind. What is written outside of a transaction stays. As with row-level security, a transaction sees and writes what
 * belongs to the organizations that it names, and nothing else; outside of one everything is seen.
 */
export class MemoryDatabase {
  private readonly turn = Semaphore.makeUnsafe(1)
  private reversals: Array<Reversal> = []
  /** What the keys begin with that the running transaction sees. */
  private seen: ReadonlyArray<string> | undefined

  table<Row>(): MemoryTable<Row> {
    return new MemoryTable(
      (reversal) => this.reversals.push(reversal),
      (key) => this.seen?.some((beginning) => key.startsWith(beginning)) ?? true
    )
  }

  transaction<A, E, R>(organizations: Iterable<string>, body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const logged = Effect.suspend(() => {
      this.reversals = []
      this.seen = [...new Set(organizations)].map((organization) => `${organization}/`)
      return Effect.onExit(body, (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) for (const reverse of this.reversals.toReversed()) reverse()
          this.reversals = []
          this.seen = undefined
        })
      )
    })
    return this.turn.withPermits(1)(logged)
  }
}

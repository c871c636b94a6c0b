import { PgClient } from "@effect/sql-pg"
import { DATABASES, type DatabaseName } from "@valerix/app/src/DatabaseNames.ts"
import { EmbeddedServer } from "@valerix/database/embedded"
import { Effect, Redacted, Schema } from "effect"
import { Reactivity } from "effect/reactivity"

/** What is a copy of something else and may be fetched at any time. */
const COPIES = new Set(["catalogue"])
const SETTLED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 4

const decodeNames = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ name: Schema.String })))
const decodeCounts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ name: Schema.String, count: Schema.Int })))
const decodeXid = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ xid: Schema.String })]))
const decodeBooks = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ orders: Schema.Int, products: Schema.Int, movements: Schema.Int })])
)

/** How many of a thing there are in the databases. */
export interface Counts {
  readonly orders: number
  readonly products: number
  readonly movements: number
}

/** Looks into the databases of the running program, as their owners, who see everything. */
export interface Database {
  /**
   * The next transaction that writes gets this number; reading takes none. So where it has not moved, nothing was
   * written, in no database of the server.
   */
  readonly nextTransaction: () => Promise<bigint>
  /** The tables that hold rows of this transaction or a later one. */
  readonly changedSince: (transaction: bigint) => Promise<ReadonlyArray<string>>
  /** Waits until nothing is under way; gives what still is when that takes too long. */
  readonly settled: () => Promise<ReadonlyArray<string>>
  readonly counts: () => Promise<Counts>
  /** How each of these orders of an organization stands. */
  readonly ledgerOf: (organization: string, keys: ReadonlyArray<string>) => Promise<ReadonlyMap<string, string>>
  /** What is open although nothing is under way. */
  readonly leftOpen: () => Promise<ReadonlyArray<string>>
}

const sessionOf = (server: Effect.Success<ReturnType<typeof EmbeddedServer.attach>>, name: DatabaseName) => {
  const { database, host, password, port, username } = server.connection(name, "owner")
  return PgClient.make({
    host,
    port,
    database,
    username,
    password: Redacted.make(Redacted.value(password)),
    ssl: false,
    applicationName: "fuzz",
    maxConnections: 1
  }).pipe(Effect.provide(Reactivity.layer))
}

/** Attaches to the server that the program runs in its home folder. */
export const openDatabase = Effect.fnUntraced(function* (home: string) {
  const server = yield* EmbeddedServer.attach({ home, services: DATABASES })
  const sessions = yield* Effect.forEach(DATABASES, (name) =>
    Effect.map(sessionOf(server, name), (sql) => ({ name, sql }))
  )
  const of = (name: DatabaseName) => {
    const session = sessions.find((one) => one.name === name)
    if (session === undefined) throw new Error(`there is no session in ${name}`)
    return session.sql
  }
  const checkout = of("checkout")
  const tables = yield* Effect.forEach(sessions, ({ name, sql }) =>
    sql`SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`.pipe(
      Effect.flatMap(decodeNames),
      Effect.map((found) => ({ name, sql, tables: found.map((one) => one.name).filter((one) => !COPIES.has(one)) }))
    )
  )
  const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

  const nextTransaction = checkout`SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid`.pipe(
    Effect.flatMap(decodeXid),
    Effect.map(([{ xid }]) => BigInt(xid))
  )
  const rowsSince = (transaction: bigint) =>
    Effect.forEach(tables, ({ name, sql, tables: some }) => {
      // Numbers of transactions in rows are the low half of the whole number; a run never comes to its end.
      const counting = some.map(
        (table) =>
          `SELECT '${table}' AS name, count(*)::int AS count FROM "${table}" WHERE xmin::text::bigint >= ${transaction & 0xffff_ffffn}`
      )
      return sql.unsafe(counting.join(" UNION ALL ")).pipe(
        Effect.flatMap(decodeCounts),
        Effect.map((found) =>
          found.filter(({ count }) => count > 0).map(({ count, name: table }) => `${name}.${table} (${count})`)
        )
      )
    })
  const underWay = checkout`
    SELECT 'order ' || order_id AS name FROM saga_queue WHERE visible_at < 'infinity'
    UNION ALL SELECT 'authorization ' || order_id FROM edge_leases`.pipe(
    Effect.flatMap(decodeNames),
    Effect.map((found) => found.map(({ name }) => name))
  )
  const settled: Database["settled"] = async () => {
    const startedMs = performance.now()
    for (;;) {
      const left = await run(underWay)
      if (left.length === 0 || performance.now() - startedMs > SETTLED_WITHIN_MS) return left
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }
  const database: Database = {
    nextTransaction: () => run(nextTransaction),
    changedSince: (transaction) => run(Effect.map(rowsSince(transaction), (found) => found.flat())),
    settled,
    counts: () =>
      run(
        Effect.gen(function* () {
          const [orders] =
            yield* checkout`SELECT count(*)::int AS orders, 0 AS products, 0 AS movements FROM order_ledger`.pipe(
              Effect.flatMap(decodeBooks)
            )
          const [goods] = yield* of("inventory")`
            SELECT 0 AS orders, (SELECT count(*)::int FROM products) AS products,
              (SELECT count(*)::int FROM inventory_transactions WHERE type IN ('receipt', 'adjustment')) AS movements`.pipe(
            Effect.flatMap(decodeBooks)
          )
          return { ...goods, orders: orders.orders }
        })
      ),
    ledgerOf: (organization, keys) =>
      run(
        checkout`SELECT client_request_id || ' ' || status AS name FROM order_ledger
          WHERE organization_id = ${organization}::uuid AND client_request_id = ANY(${[...keys]}::text[])`.pipe(
          Effect.flatMap(decodeNames),
          Effect.map((found) => new Map(found.map(({ name }) => [name.split(" ")[0] ?? "", name.split(" ")[1] ?? ""])))
        )
      ),
    leftOpen: () =>
      run(
        checkout`SELECT application_name || ' is ' || state AS name FROM pg_stat_activity
          WHERE application_name LIKE 'valerix%' AND state LIKE 'idle in transaction%'`.pipe(
          Effect.flatMap(decodeNames),
          Effect.map((found) => found.map(({ name }) => name))
        )
      )
  }
  return database
})

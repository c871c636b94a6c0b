import { firstRowOf, rowsOf } from "@valerix/database"
import { Effect, Schema } from "effect"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import type { LookedAt, Sessions } from "./LookedAt.ts"

/** Tables whose rows come and go: what is dead in them is read by every claim. */
const QUEUES = ["saga_queue", "edge_leases", "outbox"] as const
const DEAD_MANY = 50_000
const DEAD_PER_LIVE = 2
const AGE_HIGH = 1_000_000_000
const LISTED_MAX = 10

const databaseOf = firstRowOf(
  Schema.Struct({
    encoding: Schema.String,
    collation_written: Schema.NullOr(Schema.String),
    collation_now: Schema.NullOr(Schema.String),
    xid_age: Schema.Number,
    datname: Schema.String
  })
)
type Database = NonNullable<Effect.Success<ReturnType<typeof databaseOf>>>
const deadOf = rowsOf(Schema.Struct({ name: Schema.String, dead: Schema.Number, live: Schema.Number }))
const invalidOf = rowsOf(Schema.Struct({ name: Schema.String }))

const judgeDatabase = ({ collation_now, collation_written, datname, encoding, xid_age }: Database) => [
  ...(encoding === "UTF8"
    ? []
    : [
        fail(
          `its encoding is ${encoding}`,
          "Make the database anew with ENCODING 'UTF8' TEMPLATE template0, and restore into it."
        )
      ]),
  ...(collation_written === null || collation_now === null || collation_written === collation_now
    ? []
    : [
        warn(
          `its indexes of text were sorted by collation version ${collation_written}, and the system has ${collation_now} now`,
          `REINDEX DATABASE "${datname}"; ALTER DATABASE "${datname}" REFRESH COLLATION VERSION`
        )
      ]),
  ...(xid_age < AGE_HIGH
    ? []
    : [
        fail(
          `its oldest row is ${xid_age} transactions old; at some 2,100,000,000 the server takes no more`,
          "Find what holds vacuum back (long_transactions, left_behind), and run VACUUM FREEZE."
        )
      ])
]

/** Encoding, collation, invalid indexes, dead rows in the queues, and how old the oldest row is. */
export const contentCheck = ({ name }: LookedAt, { asObserver: sql }: Sessions) =>
  check(
    "content",
    name,
    Effect.gen(function* () {
      const database = yield* databaseOf(sql`
        SELECT pg_encoding_to_char(encoding)::text AS encoding, datcollversion AS collation_written,
          pg_database_collation_actual_version(oid) AS collation_now, age(datfrozenxid)::float8 AS xid_age, datname::text
        FROM pg_database WHERE datname = current_database()`)
      const invalid = yield* invalidOf(sql`
        SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid ORDER BY 1 LIMIT ${LISTED_MAX}::int`)
      const dead = yield* deadOf(sql`
        SELECT relname::text AS name, n_dead_tup::float8 AS dead, n_live_tup::float8 AS live FROM pg_stat_user_tables
        WHERE relname IN ${sql.in([...QUEUES])} AND n_dead_tup > ${DEAD_MANY} AND n_dead_tup > ${DEAD_PER_LIVE} * n_live_tup`)
      const said: ReadonlyArray<Said> = [
        ...(database === undefined ? [] : judgeDatabase(database)),
        ...invalid.map((index) =>
          warn(
            `the index ${index.name} is invalid: it costs and serves nobody`,
            `REINDEX INDEX CONCURRENTLY ${index.name}`
          )
        ),
        ...dead.map((table) =>
          warn(
            `${table.name} has ${table.dead} dead rows and ${table.live} living ones: every claim reads them`,
            `Find what holds vacuum back (long_transactions, left_behind), then VACUUM ${table.name}`
          )
        )
      ]
      return said.length === 0 ? ok("encoding, collation, indexes and queues are as they should be") : said
    })
  )

import type { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import { inSession } from "../server/Session.ts"
import { type Fault, type Stage, unfinishedNow, untilItsMoment } from "./Stage.ts"

/** Between the rows, so that the program locks some of the others meanwhile: both wait for each other then. */
const BETWEEN_ROWS_MS = 40
/** Longer than the program waits for a lock. */
const HELD_MS = 2_000
const ROWS_MAX = 20

const decodeNames = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ name: Schema.String })))

const decodeOrders = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organization: Schema.String, name: Schema.String }))
)

/** Another client locks balances and orders one by one, in the wrong order, and holds on to what it got. */
export const holdLocks: Fault = Effect.fnUntraced(function* (stage, planned) {
  yield* untilItsMoment(planned)
  const old = yield* unfinishedNow(stage)
  yield* Effect.all([lockBalances(stage), lockOrders(stage)], { concurrency: 2 })
  return { outcome: "struck", old, sinceMs: performance.now() }
})

const lockBalances = ({ chapter, server }: Stage) =>
  inSession(server.admin("inventory"), (sql) =>
    inTransaction(
      sql,
      Effect.gen(function* () {
        for (const organization of chapter().organizations) {
          const products = yield* Effect.flatMap(
            sql`
              SELECT product_id::text AS name FROM inventory_balances
              WHERE organization_id = ${organization}::uuid ORDER BY product_id DESC LIMIT ${ROWS_MAX}::int`,
            decodeNames
          )
          for (const { name } of products) {
            yield* sql`
              SELECT FROM inventory_balances
              WHERE organization_id = ${organization}::uuid AND product_id = ${name}::uuid FOR UPDATE`
            yield* Effect.sleep(BETWEEN_ROWS_MS)
          }
        }
      })
    )
  )

const lockOrders = ({ server }: Stage) =>
  inSession(server.admin("checkout"), (sql) =>
    inTransaction(
      sql,
      Effect.gen(function* () {
        const orders = yield* Effect.flatMap(
          sql`
            SELECT organization_id::text AS organization, order_id::text AS name
            FROM saga_queue ORDER BY order_id DESC LIMIT ${ROWS_MAX}::int`,
          decodeOrders
        )
        for (const { name, organization } of orders) {
          const isThis = sql`organization_id = ${organization}::uuid AND order_id = ${name}::uuid`
          // The program locks the queue first.
          yield* sql`SELECT FROM order_ledger WHERE ${isThis} FOR UPDATE`
          yield* sql`SELECT FROM saga_queue WHERE ${isThis} FOR UPDATE`
          yield* Effect.sleep(BETWEEN_ROWS_MS)
        }
      })
    )
  )

/** Keeps the locks for a while and gives them back. A deadlock that is resolved against this client is as good. */
const inTransaction = (sql: PgClient.PgClient, body: Effect.Effect<void, unknown>) =>
  sql
    .withTransaction(Effect.andThen(Effect.timeoutOption(body, HELD_MS), Effect.sleep(HELD_MS / 2)))
    .pipe(Effect.sandbox, Effect.ignore)

import { OrderId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber, Schema } from "effect"
import { Gate } from "./Script.ts"
import { until } from "./Until.ts"

/** The ledger as its owner sees it: the rows of all organizations. */

const LedgerRow = Schema.Struct({
  status: Schema.String,
  generation: Schema.Int,
  abandoned: Schema.Boolean,
  epoch: Schema.Int,
  saga_version: Schema.Int,
  payment_authorization_id: Schema.NullOr(Schema.String),
  cancel_requested: Schema.Boolean,
  failure_code: Schema.NullOr(Schema.String),
  retry_count: Schema.Int
})
const decodeLedgerRows = Schema.decodeUnknownEffect(Schema.Array(LedgerRow))

/** An order in the ledger; dies if there is none. */
export const ledgerRow = Effect.fnUntraced(function* (orderId: OrderId) {
  const { sql } = yield* OwnerDatabase
  const [row] = yield* decodeLedgerRows(
    yield* sql`
      SELECT status, generation, abandoned, epoch, saga_version, payment_authorization_id,
        cancel_requested_at IS NOT NULL AS cancel_requested, failure ->> 'code' AS failure_code, retry_count
      FROM order_ledger WHERE order_id = ${orderId}`
  )
  return row ?? (yield* Effect.die(new Error(`no order ${orderId}`)))
}, Effect.orDie)

const decodeQueueRows = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ epoch: Schema.Int, saga_version: Schema.Int, weight: Schema.Int, is_due: Schema.Boolean })
  )
)

/** An order's row in the saga queue; none when it is not there. */
export const queueRow = Effect.fnUntraced(function* (orderId: OrderId) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* decodeQueueRows(
    yield* sql`SELECT epoch, saga_version, weight, visible_at <= now() AS is_due FROM saga_queue WHERE order_id = ${orderId}`
  )
  return rows[0]
}, Effect.orDie)

const decodeLeases = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ generation: Schema.Int, has_run_out: Schema.Boolean, attempts: Schema.Int }))
)

/** The leases of an order's authorizations, the first generation first. */
export const leasesOf = Effect.fnUntraced(function* (orderId: OrderId) {
  const { sql } = yield* OwnerDatabase
  return yield* decodeLeases(
    yield* sql`
      SELECT generation, leased_until <= now() AS has_run_out, attempts FROM edge_leases
      WHERE order_id = ${orderId} ORDER BY generation`
  )
}, Effect.orDie)

const decodeTexts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ text: Schema.String })))

/** `authorize 1 DONE` and so on, in order. */
export const timelineOf = Effect.fnUntraced(function* (orderId: OrderId) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* decodeTexts(
    yield* sql`
      SELECT step || ' ' || attempt || ' ' || outcome AS text FROM order_timeline
      WHERE order_id = ${orderId} ORDER BY entry`
  )
  return rows.map(({ text }) => text)
}, Effect.orDie)

/** The types of an order's events, in order. */
export const eventsOf = Effect.fnUntraced(function* (orderId: OrderId) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* decodeTexts(
    yield* sql`SELECT event_type AS text FROM outbox WHERE aggregate_id = ${orderId} ORDER BY sequence`
  )
  return rows.map(({ text }) => text)
}, Effect.orDie)

const decodeOrderIds = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ order_id: OrderId })))

/** The orders in the ledger, of all organizations. */
export const allOrders = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  const rows = yield* decodeOrderIds(yield* sql`SELECT order_id FROM order_ledger ORDER BY order_id`)
  return rows.map((row) => row.order_id)
}).pipe(Effect.orDie)

/** The order under an idempotency key; dies if there is none. */
export const orderOfKey = Effect.fnUntraced(function* (idempotencyKey: string) {
  const { sql } = yield* OwnerDatabase
  const [row] = yield* decodeOrderIds(
    yield* sql`SELECT order_id FROM order_ledger WHERE client_request_id = ${idempotencyKey}`
  )
  return row?.order_id ?? (yield* Effect.die(new Error(`no order with the key ${idempotencyKey}`)))
}, Effect.orDie)

/**
 * Moves the leases of edges into the past, as if they had run out. What a transaction is at work on stays as it is, so
 * that nothing stands in the way of anything.
 */
export const leasesRunOut = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  yield* sql`
    UPDATE edge_leases SET leased_until = now() - interval '1 second'
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM edge_leases WHERE leased_until > now() FOR UPDATE SKIP LOCKED))`
}).pipe(Effect.orDie)

/** Does the same with the saga queue, but for what is parked: retries are due, and leases have run out. */
export const retriesAreDue = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  yield* sql`
    UPDATE saga_queue SET visible_at = now() - interval '1 second'
    WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM saga_queue WHERE visible_at > now() AND visible_at < 'infinity' FOR UPDATE SKIP LOCKED))`
}).pipe(Effect.orDie)

const decodeCounts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ count: Schema.Int })))

/** Waits until so many sessions stand before a lock that another one holds. */
export const sessionsWaiting = (count: number) =>
  until(
    `${count} sessions wait for a lock`,
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const [row] = yield* decodeCounts(
        yield* sql`
          SELECT count(DISTINCT pid) AS count FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE NOT granted AND datname = current_database()`
      )
      return row?.count ?? 0
    }).pipe(Effect.orDie),
    (waiting) => waiting === count
  )

/** Holds an order's row in the ledger, as a transaction that has not ended does, until `release` is run. */
export const holdLedgerRow = Effect.fnUntraced(function* (orderId: OrderId) {
  const { sql } = yield* OwnerDatabase
  const gate = new Gate()
  const lock = sql`SELECT FROM order_ledger WHERE order_id = ${orderId} FOR UPDATE`
  const holding = yield* sql.withTransaction(Effect.andThen(lock, gate.pass)).pipe(Effect.orDie, Effect.forkScoped)
  yield* gate.reached
  return { release: Effect.andThen(gate.open, Fiber.join(holding)) }
})

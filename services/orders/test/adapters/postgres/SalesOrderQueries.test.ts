import { assert, layer } from "@effect/vitest"
import { layerPgClient, TenantDatabase } from "@valerix/database"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Context, Effect, Layer, Schedule } from "effect"
import { layerSalesOrderQueriesPostgres } from "../../../src/adapters/postgres/SalesOrderQueriesPostgres.ts"
import { type SalesOrderFilter, SalesOrderQueries } from "../../../src/application/ports/SalesOrderQueries.ts"
import { ordersMigrations } from "../../../src/Migrations.ts"
import { makeCustomerId, makeOrganizationId } from "../../SampleOrders.ts"

const ORDERS = 20_000
const LIMIT = 21
const organization = makeOrganizationId()
const customer = makeCustomerId()

/** Every hundredth order is the customer's, every thousandth is cancelled, none is pending. */
const fill = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  yield* sql`
    INSERT INTO sales_orders (organization_id, order_id, customer_id, currency, total_minor, status, confirmed_at,
      cancelled_at, created_at)
    SELECT ${organization}, uuid_in(overlay(overlay(md5(n::text) placing '7' from 13) placing '8' from 17)::cstring),
      CASE WHEN n % 100 = 0 THEN ${customer}::uuid
        ELSE uuid_in(overlay(overlay(md5(n::text) placing '7' from 13) placing '8' from 17)::cstring) END,
      'EUR', 1, CASE WHEN n % 1000 = 0 THEN 'CANCELLED' ELSE 'CONFIRMED' END, now(),
      CASE WHEN n % 1000 = 0 THEN now() END, now() - n * interval '1 second'
    FROM generate_series(1, ${ORDERS}::int) AS n`
  yield* sql`ANALYZE sales_orders`
})

/** Filled when first asked for: without a server the tests are skipped, but their layer is built. */
class Filled extends Context.Service<Filled, Effect.Effect<void>>()("@valerix/orders/test/Filled") {
  static readonly layer = Layer.effect(
    Filled,
    Effect.gen(function* () {
      const database = yield* OwnerDatabase
      return yield* Effect.cached(Effect.orDie(Effect.provideService(fill, OwnerDatabase, database)))
    })
  )
}

const rowsRead = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  const [row] = yield* sql<{ read: number }>`
    SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_user_tables WHERE relname = 'sales_orders'`
  return row?.read ?? 0
})

/** Sessions report what they have read when they end. */
const sessionsEnded = Effect.gen(function* () {
  const { sql } = yield* OwnerDatabase
  const sessions = yield* sql`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename = 'orders_service'`
  if (sessions.length > 0) return yield* Effect.fail("still connected")
}).pipe(Effect.retry(Schedule.spaced("5 millis").pipe(Schedule.upTo({ duration: "10 seconds" }))))

/** The page, and how many rows were read for it. */
const measured = Effect.fnUntraced(function* (filter: Partial<SalesOrderFilter>) {
  const { serviceConnection } = yield* OwnerDatabase
  yield* yield* Filled
  const before = yield* rowsRead
  const all = {
    status: undefined,
    customerId: undefined,
    from: undefined,
    to: undefined,
    after: undefined,
    limit: LIMIT
  }
  const queriesAlone = layerSalesOrderQueriesPostgres.pipe(
    Layer.provide(TenantDatabase.layer),
    Layer.provide(layerPgClient(serviceConnection, { applicationName: "measured", maxConnections: 1 }))
  )
  const page = yield* Effect.flatMap(SalesOrderQueries, (queries) =>
    queries.page(organization, { ...all, ...filter })
  ).pipe(Effect.provide(queriesAlone, { local: true }))
  yield* sessionsEnded
  return { page, read: (yield* rowsRead) - before }
})

const FILTERS: ReadonlyArray<readonly [name: string, filter: () => Partial<SalesOrderFilter>, shown: number]> = [
  ["no filter", () => ({}), LIMIT],
  ["a common status", () => ({ status: "CONFIRMED" }), LIMIT],
  ["a rare status", () => ({ status: "CANCELLED" }), 20],
  ["a status that no order has", () => ({ status: "PENDING" }), 0],
  ["a customer", () => ({ customerId: customer }), LIMIT],
  ["a time in the middle", () => ({ to: new Date(Date.now() - 10_000_000) }), LIMIT],
  ["a time before all", () => ({ to: new Date(0) }), 0],
  ["a time after all", () => ({ from: new Date(Date.now() + 60_000) }), 0]
]

layer(Filled.layer.pipe(Layer.provideMerge(testDatabase("orders", ordersMigrations))), {
  excludeTestServices: true
})("a page of 20,000 sales orders", (it) => {
  it.effect.each(FILTERS)("reads no more rows than it shows, with %s", ([, filter, shown]) =>
    Effect.gen(function* () {
      const { page, read } = yield* measured(filter())
      assert.strictEqual(page.length, shown)
      assert.isAtMost(read, shown)
    })
  )

  it.effect("reads no more rows than it shows when it goes on after another", () =>
    Effect.gen(function* () {
      const { page: first } = yield* measured({})
      const last = first.at(-1)
      if (last === undefined) return assert.fail("the first page is empty")
      const { page, read } = yield* measured({ after: [last.createdAt, last.orderId] })
      assert.isTrue(page.every((order) => order.createdAt <= last.createdAt && order.orderId !== last.orderId))
      assert.strictEqual(read, LIMIT)
    })
  )
})

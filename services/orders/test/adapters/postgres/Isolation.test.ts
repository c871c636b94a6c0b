import { assert, layer } from "@effect/vitest"
import { databaseUnavailableIn, TenantDatabase } from "@valerix/database"
import { Cause, Effect, Exit } from "effect"
import { OrdersCommands } from "../../../src/contract/index.ts"
import { layerOrdersInDatabase } from "../../OrdersInDatabase.ts"
import { commandFor, makeOrganizationId, sampleOrder } from "../../SampleOrders.ts"

const TABLES = ["sales_orders", "sales_order_lines", "saga_fences", "outbox"]

layer(layerOrdersInDatabase, { excludeTestServices: true })("the service's own login", (it) => {
  it.effect("sees the rows of the organizations that its transaction names, and of no other", () =>
    Effect.gen(function* () {
      const [one, other, third] = [sampleOrder(), sampleOrder(), sampleOrder()]
      const { create } = yield* OrdersCommands
      yield* create([one, other, third])
      const database = yield* TenantDatabase
      const seen = (table: string) => database.sql<{ id: string }>`
        SELECT DISTINCT organization_id AS id FROM ${database.sql(table)} ORDER BY id`
      for (const table of TABLES) {
        const named = [one.organizationId, third.organizationId].toSorted()
        const rows = yield* database.transaction(named)(seen(table))
        assert.deepStrictEqual(
          rows.map(({ id }) => id),
          named,
          table
        )
        assert.deepStrictEqual(yield* database.withoutTenant(seen(table)), [], table)
        assert.deepStrictEqual(yield* Effect.orDie(seen(table)), [], table)
      }
    })
  )

  it.effect("cannot write into an organization that its transaction does not name", () =>
    Effect.gen(function* () {
      const database = yield* TenantDatabase
      const stranger = sampleOrder()
      const write = database.transaction([makeOrganizationId()])(database.sql`
        INSERT INTO sales_orders (organization_id, order_id, customer_id, currency, total_minor)
        VALUES (${stranger.organizationId}, ${stranger.orderId}, ${stranger.customerId}, 'EUR', 1)`)
      const exit = yield* Effect.exit(write)
      assert.isTrue(Exit.isFailure(exit) && /row-level security/.test(Cause.pretty(exit.cause)))
      assert.isUndefined(Exit.isFailure(exit) ? databaseUnavailableIn(exit.cause) : undefined)
    })
  )

  it.effect("cannot change what an order is, or take anything away", () =>
    Effect.gen(function* () {
      const order = sampleOrder()
      const { confirm, create } = yield* OrdersCommands
      yield* create([order])
      const database = yield* TenantDatabase
      for (const statement of [
        "UPDATE sales_orders SET total_minor = 0",
        "UPDATE sales_order_lines SET quantity = 1",
        "DELETE FROM sales_orders",
        "DELETE FROM sales_order_lines",
        "DELETE FROM saga_fences",
        "UPDATE outbox SET payload = '{}'",
        "TRUNCATE sales_orders"
      ]) {
        const exit = yield* Effect.exit(database.transaction([order.organizationId])(database.sql.unsafe(statement)))
        assert.isTrue(Exit.isFailure(exit) && /permission denied/.test(Cause.pretty(exit.cause)), statement)
      }
      assert.deepStrictEqual(
        (yield* confirm([commandFor(order)])).map(({ _tag }) => _tag),
        ["Done"]
      )
    })
  )
})

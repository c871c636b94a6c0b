import { assert, layer } from "@effect/vitest"
import { isolationGaps } from "@valerix/database"
import { emptyTestDatabase, goUpAndDown, OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { ordersMigrations } from "../../src/Migrations.ts"

layer(emptyTestDatabase("orders"), { excludeTestServices: true })("the migrations", (it) => {
  it.effect("go up, each down and up again, and down to nothing, and leave no trace", () =>
    goUpAndDown(ordersMigrations)
  )
})

layer(testDatabase("orders", ordersMigrations), { excludeTestServices: true })("the tables", (it) => {
  it.effect("are all closed to other organizations", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      assert.deepStrictEqual(yield* isolationGaps(sql, { login: "orders_service" }), [])
    })
  )

  it.effect("begin every unique key with the organization, but for the outbox's sequence", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const keys = yield* sql<{ name: string }>`
        SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE indisunique AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'
          AND indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'organization_id')`
      assert.deepStrictEqual(keys, [{ name: "outbox_pkey" }])
    })
  )

  it.effect("name the query that each index beside the keys serves", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const indexes = yield* sql<{ comment: string | null }>`
        SELECT obj_description(indexrelid) AS comment FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE NOT indisunique AND relnamespace = 'public'::regnamespace`
      assert.isAbove(indexes.length, 0)
      for (const { comment } of indexes) assert.match(comment ?? "", /SalesOrderQueries/)
    })
  )

  it.effect("let the service change an order's progress and nothing else", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const granted = yield* sql<{ what: string }>`
        SELECT table_name || '.' || column_name AS what FROM information_schema.column_privileges
        WHERE grantee = 'orders_service' AND privilege_type = 'UPDATE' ORDER BY what`
      assert.deepStrictEqual(
        granted.map(({ what }) => what),
        [
          "saga_fences.epoch",
          "saga_fences.undone",
          "sales_orders.cancelled_at",
          "sales_orders.confirmed_at",
          "sales_orders.status",
          "sales_orders.updated_at"
        ]
      )
      const destructive = yield* sql`
        SELECT table_name FROM information_schema.table_privileges
        WHERE grantee = 'orders_service' AND privilege_type IN ('DELETE', 'TRUNCATE')`
      assert.deepStrictEqual(destructive, [])
    })
  )
})

import { assert, layer } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Schema } from "effect"
import { AddStock } from "../../../src/application/AddStock.ts"
import { InventoryCommands } from "../../../src/contract/InventoryCommands.ts"
import {
  inventoryOnFreshDatabase,
  isolatedTables,
  newOrganization,
  orderFor,
  productWithStock
} from "../../Fixtures.ts"

const Rows = Schema.Array(Schema.Struct({ organization_id: Schema.String }))

/** An organization with a row in every table. */
const organizationWithEverything = Effect.gen(function* () {
  const addStock = yield* AddStock
  const commands = yield* InventoryCommands
  const organization = newOrganization()
  const { productId } = yield* productWithStock(organization, 5)
  yield* addStock({
    tenant: { organizationId: organization, principal: "clerk" },
    idempotencyKey: "key",
    product: { _tag: "ById", productId },
    quantity: 1,
    reason: "correction",
    referenceId: undefined,
    notes: undefined
  }).pipe(Effect.orDie)
  yield* commands.reserve([orderFor(organization, [[productId, 1]]), orderFor(organization, [[productId, 100]])])
  return organization
})

layer(inventoryOnFreshDatabase(), { excludeTestServices: true })("the database of inventory", (it) => {
  it.effect("shows an organization the rows of its own in every table, and no others", () =>
    Effect.gen(function* () {
      const { sql, transaction, withoutTenant } = yield* TenantDatabase
      const owner = yield* OwnerDatabase
      const [mine, theirs] = [yield* organizationWithEverything, yield* organizationWithEverything]
      const tables = yield* isolatedTables
      assert.isAtLeast(tables.length, 9)
      for (const table of tables) {
        const all = yield* Effect.flatMap(
          owner.sql`SELECT DISTINCT organization_id FROM ${owner.sql(table)}`,
          Schema.decodeUnknownEffect(Rows)
        )
        const stored = all.map(({ organization_id }) => organization_id)
        assert.includeMembers(stored, [mine, theirs], `${table} has rows of both`)
        const look = Effect.flatMap(
          sql`SELECT DISTINCT organization_id FROM ${sql(table)}`,
          Schema.decodeUnknownEffect(Rows)
        )
        const visible = yield* transaction([mine])(look)
        assert.deepStrictEqual(visible, [{ organization_id: mine }], `${table} as ${mine}`)
        assert.deepStrictEqual(yield* withoutTenant(look), [], `${table} without an organization`)
        assert.lengthOf(yield* transaction([mine, theirs])(look), 2, `${table} as both`)
      }
    })
  )

  it.effect("lets nobody write a row of another organization, in any table", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const owner = yield* OwnerDatabase
      const [mine, theirs] = [yield* organizationWithEverything, yield* organizationWithEverything]
      for (const table of yield* isolatedTables) {
        const columns = yield* owner.sql`SELECT string_agg(quote_ident(attname), ', ') AS names
          FROM pg_attribute WHERE attrelid = ${table}::text::regclass AND attnum > 0 AND attidentity = '' AND NOT attisdropped`
        const [{ names }] = yield* Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ names: Schema.String })]))(
          columns
        )
        const copy = sql`INSERT INTO ${sql(table)} (${sql.literal(names)})
          SELECT ${sql.literal(names)} FROM jsonb_populate_record(NULL::${sql(table)}, (
            SELECT to_jsonb(t) || jsonb_build_object('organization_id', ${theirs}::text) FROM ${sql(table)} t LIMIT 1))`
        const failure = yield* Effect.flip(Effect.sandbox(transaction([mine])(copy)))
        assert.match(JSON.stringify(failure), /"routine":"ExecWithCheckOptions"/, `${table}: refused by its policy`)
      }
    })
  )

  it.effect("closes every table with forced row-level security, one policy for the service and one for the owner", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const open = yield* sql`
        SELECT c.relname FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'schema_migrations'
          AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity
            OR (SELECT array_agg(polname::text || ' ' || polroles::regrole[]::text ORDER BY polname) FROM pg_policy
              WHERE polrelid = c.oid)
              IS DISTINCT FROM ARRAY['owner {inventory_owner}', 'tenant {inventory_service}'])`
      assert.deepStrictEqual(open, [])
    })
  )

  it.effect("puts the organization first in every primary key and unique constraint of business data", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const others = yield* sql`
        SELECT conrelid::regclass::text AS "table", conname FROM pg_constraint
        WHERE contype IN ('p', 'u') AND connamespace = 'public'::regnamespace
          AND conrelid::regclass::text NOT IN ('schema_migrations', 'outbox')
          AND (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) <> 'organization_id'`
      assert.deepStrictEqual(others, [])
    })
  )

  it.effect("gives the service's login nothing to own, and no right to change or empty what is immutable", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const owned = yield* sql`SELECT relname FROM pg_class WHERE relowner = 'inventory_service'::regrole
        UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'inventory_service'::regrole
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = 'inventory_service'::regrole`
      assert.deepStrictEqual(owned, [])
      const [role] = yield* sql`SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles
        WHERE rolname = 'inventory_service'`
      assert.deepStrictEqual(role, { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false })
      const grants = yield* sql`
        SELECT table_name || ' ' || string_agg(privilege_type, ',' ORDER BY privilege_type) AS granted
        FROM information_schema.role_table_grants WHERE grantee = 'inventory_service' GROUP BY table_name ORDER BY 1`
      assert.deepStrictEqual(
        grants,
        (yield* isolatedTables).map((table) => ({ granted: `${table} INSERT,SELECT` })),
        "updates are granted column by column, deletes not at all"
      )
      const updatable = yield* sql`SELECT DISTINCT table_name FROM information_schema.column_privileges
        WHERE grantee = 'inventory_service' AND privilege_type = 'UPDATE' ORDER BY 1`
      assert.deepStrictEqual(
        updatable,
        ["inventory_balances", "inventory_reservations", "products", "saga_fences"].map((table_name) => ({
          table_name
        }))
      )
    })
  )

  it.effect("keeps the ledger of stock as it was written, even against its owner", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      yield* organizationWithEverything
      const before = yield* sql`SELECT * FROM inventory_transactions ORDER BY transaction_id`
      for (const attempt of [
        sql`UPDATE inventory_transactions SET quantity = quantity + 1`,
        sql`DELETE FROM inventory_transactions`,
        sql`TRUNCATE inventory_transactions CASCADE`
      ]) {
        const error = yield* Effect.flip(attempt)
        assert.match(String(error.reason.cause), /never changed/)
      }
      assert.deepStrictEqual(yield* sql`SELECT * FROM inventory_transactions ORDER BY transaction_id`, before)
    })
  )

  it.effect(
    "says of every index that is not a constraint's which query it serves, and names no constraint by accident",
    () =>
      Effect.gen(function* () {
        const { sql } = yield* OwnerDatabase
        const silent = yield* sql`
        SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace AND indrelid <> to_regclass('schema_migrations')
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
          AND obj_description(indexrelid) IS NULL`
        assert.deepStrictEqual(silent, [])
      })
  )
})

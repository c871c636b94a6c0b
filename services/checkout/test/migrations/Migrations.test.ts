import { assert, layer } from "@effect/vitest"
import { isolationGaps, TenantDatabase } from "@valerix/database"
import { uuidV7 } from "@valerix/money-and-ids"
import { emptyTestDatabase, goUpAndDown, OwnerDatabase } from "@valerix/testing"
import { Effect } from "effect"
import { ImportProgressPostgres } from "../../src/adapters/postgres/ImportProgressPostgres.ts"
import { LedgerRepairsPostgres } from "../../src/adapters/postgres/LedgerRepairsPostgres.ts"
import { QUEUES } from "../../src/adapters/postgres/Queues.ts"
import { CatalogueCopy } from "../../src/application/ports/CatalogueCopy.ts"
import { ImportProgress } from "../../src/application/ports/ImportProgress.ts"
import { LedgerRepairs } from "../../src/application/ports/LedgerRepairs.ts"
import { promises } from "../support/Bench.ts"
import { accepted } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import { makeOrganization, migrations } from "../support/Samples.ts"

layer(emptyTestDatabase("checkout"), { excludeTestServices: true })("the migrations", (it) => {
  it.effect("go up, each down and up again, and down to nothing, and leave no trace", () => goUpAndDown(migrations))
})

promises("the tables", (promise) => {
  promise("are all closed to other organizations, but for the queues", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      assert.deepStrictEqual(yield* isolationGaps(sql, { login: "checkout_service", infrastructure: QUEUES }), [])
    })
  )

  promise("hold nothing in the queues but ids, times and counts", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const columns = yield* sql<{ type: string }>`
        SELECT DISTINCT data_type AS type FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = ANY (${`{${QUEUES.join(",")}}`}::text[]) ORDER BY 1`
      assert.deepStrictEqual(
        columns.map(({ type }) => type),
        ["integer", "smallint", "timestamp with time zone", "uuid"]
      )
    })
  )

  promise("show a transaction the rows of the organizations that it names, and no others", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const { transaction } = yield* TenantDatabase
      const { orderId, organizationId } = yield* accepted()
      const repairs = yield* Effect.provide(LedgerRepairs, LedgerRepairsPostgres)
      const finding = { code: "order_stuck", subject: orderId, message: "It has not moved." }
      yield* repairs.begin({
        tenant: { organizationId, principal: "ada" },
        finding,
        what: "make it due",
        reason: "why"
      })
      const imports = yield* Effect.provide(ImportProgress, ImportProgressPostgres)
      yield* imports.begin(
        { organizationId, kind: "retail", digest: "0".repeat(64) },
        { runId: uuidV7(), fileName: "sales.csv" }
      )
      const { catalogue } = yield* Participants
      const copy = yield* CatalogueCopy
      catalogue.offerSamples(organizationId)
      yield* copy.keep((yield* catalogue.queries.changesSince([organizationId], undefined)).products)
      const tables = yield* sql<{ name: string }>`
        SELECT relname AS name FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace ORDER BY 1`
      assert.deepStrictEqual(
        tables.map(({ name }) => name),
        ["catalogue", "imports", "order_ledger", "order_ledger_items", "order_timeline", "outbox", "repairs"]
      )
      const service = (yield* TenantDatabase).sql
      for (const { name } of tables) {
        const rows = service`SELECT organization_id FROM ${service(name)}`
        assert.isAbove((yield* transaction([organizationId])(rows)).length, 0, name)
        assert.deepStrictEqual(yield* transaction([makeOrganization()])(rows), [], name)
        assert.deepStrictEqual(yield* transaction([])(rows), [], name)
      }
    })
  )

  promise("take no row of an organization that the transaction does not name", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const written = transaction([makeOrganization()])(sql`
        INSERT INTO catalogue (organization_id, product_id, sku, price_minor, currency, version)
        VALUES (${makeOrganization()}, ${makeOrganization()}, 'MUG', 1, 'EUR', 1)`)
      assert.strictEqual((yield* Effect.exit(written))._tag, "Failure")
    })
  )

  promise("begin every unique key with the organization, but for the outbox's sequence", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const keys = yield* sql<{ name: string }>`
        SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE indisunique AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'
          AND indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'organization_id')`
      assert.deepStrictEqual(keys, [{ name: "outbox_pkey" }])
    })
  )

  promise("let verify find the events of an order without reading the outbox", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const explain = sql<{ "QUERY PLAN": string }>`
        EXPLAIN SELECT event_type FROM outbox WHERE aggregate_id = ${makeOrganization()}::uuid`
      const plan = yield* sql.withTransaction(Effect.andThen(sql`SET LOCAL enable_seqscan = off`, explain))
      assert.include(plan.map((row) => row["QUERY PLAN"]).join("\n"), "outbox_by_aggregate")
    })
  )

  promise("say of every index which query it serves", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const silent = yield* sql`
        SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'
          AND obj_description(indexrelid) IS NULL`
      assert.deepStrictEqual(silent, [])
    })
  )

  promise("let the service delete from the queues only, and change no line, event or attempt", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const granted = (verbs: string) => sql<{ name: string }>`
        SELECT DISTINCT table_name AS name FROM information_schema.table_privileges
        WHERE grantee = 'checkout_service' AND privilege_type = ANY (${verbs}::text[]) ORDER BY 1`
      assert.deepStrictEqual(
        (yield* granted("{DELETE,TRUNCATE}")).map(({ name }) => name),
        [...QUEUES]
      )
      assert.deepStrictEqual(
        (yield* granted("{UPDATE}")).map(({ name }) => name),
        ["catalogue", "edge_leases", "order_ledger", "saga_queue"]
      )
    })
  )
})

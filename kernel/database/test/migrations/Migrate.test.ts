import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer, vi } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { openSession } from "../../src/embedded/PostgresSession.ts"
import { assertSchemaKnown, compareSchemas, describeSchema, migrate, status } from "../../src/migrations/index.ts"
import { eventually } from "../embedded/Asking.ts"
import { temporaryHome } from "../embedded/TemporaryHome.ts"
import { ask, directoryWith, emptyDatabase, shop } from "./Fixture.ts"

vi.setConfig({ testTimeout: 60_000 })

const Server = Layer.effect(
  EmbeddedServer,
  Effect.flatMap(temporaryHome(), (home) => EmbeddedServer.start({ home, services: ["orders"] }))
)

/** One of every kind of thing that a migration back could forget. */
const changes = [
  "ALTER TABLE product ALTER COLUMN status DROP DEFAULT",
  "ALTER TABLE product DROP CONSTRAINT product_sku_check",
  "ALTER TABLE product ALTER COLUMN sku TYPE varchar(40)",
  "ALTER TABLE product ALTER COLUMN sku DROP NOT NULL",
  "ALTER TABLE product NO FORCE ROW LEVEL SECURITY",
  "ALTER POLICY own ON product USING (true)",
  "ALTER POLICY own ON product TO orders_service",
  "DROP INDEX audit_by_product",
  "REVOKE INSERT ON product FROM orders_service",
  "REVOKE UPDATE (status) ON product FROM orders_service",
  "COMMENT ON TABLE product IS NULL",
  "ALTER FUNCTION note_change() SECURITY DEFINER",
  "REVOKE EXECUTE ON FUNCTION note_change() FROM PUBLIC",
  "ALTER TABLE product DISABLE TRIGGER noted",
  "ALTER TYPE product_status ADD VALUE 'DRAFT'",
  "CREATE SEQUENCE forgotten",
  "CREATE SCHEMA forgotten",
  'CREATE COLLATION forgotten FROM "C"',
  "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO orders_service"
]

layer(Server, { timeout: 60_000, excludeTestServices: true })("migrations", (it) => {
  it.effect("make the same schema again after they were undone, and undone leave nothing behind", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith(shop)
      const before = yield* describeSchema(owner)
      assert.deepStrictEqual(yield* migrate({ directory, connection: owner, to: "latest" }), [
        { version: 1, name: "create_products", direction: "up" },
        { version: 2, name: "add_audit", direction: "up" }
      ])
      const up = yield* describeSchema(owner)
      assert.isAbove(compareSchemas(before, up).added.length, 20)
      assert.deepStrictEqual(yield* migrate({ directory, connection: owner, to: 0 }), [
        { version: 2, name: "add_audit", direction: "down" },
        { version: 1, name: "create_products", direction: "down" }
      ])
      const nothing = { missing: [], added: [] }
      assert.deepStrictEqual(compareSchemas(before, yield* describeSchema(owner)), nothing)
      yield* migrate({ directory, connection: owner, to: "latest" })
      assert.deepStrictEqual(compareSchemas(up, yield* describeSchema(owner)), nothing)
    })
  )

  it.effect("cannot leave a difference that a comparison would not see", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      yield* migrate({ directory: yield* directoryWith(shop), connection: owner, to: "latest" })
      let before = yield* describeSchema(owner)
      for (const change of changes) {
        yield* ask("owner", change)
        const after = yield* describeSchema(owner)
        const { missing, added } = compareSchemas(before, after)
        assert.isAbove(missing.length + added.length, 0, change)
        before = after
      }
    })
  )

  it.effect("run once when two start at the same time", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith({
        ...shop,
        "0001.do.create_products.sql": `SELECT pg_sleep(0.3); ${shop["0001.do.create_products.sql"]}`
      })
      const run = migrate({ directory, connection: owner, to: "latest" })
      const both = yield* Effect.all([run, run], { concurrency: 2 })
      assert.deepStrictEqual(both.map(({ length }) => length).sort(), [0, 2])
    })
  )

  it.effect("wait for another only so long", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith({
        "0001.do.wait.sql": "SELECT pg_advisory_xact_lock(1)",
        "0001.undo.wait.sql": ""
      })
      const session = yield* openSession(owner, "test")
      yield* session.run("SELECT pg_advisory_lock(1)")
      const first = yield* Effect.forkChild(migrate({ directory, connection: owner, to: "latest" }))
      const waiting = session.run("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
      yield* eventually(
        Effect.map(waiting, ({ length }) => length === 1),
        "the first is in its migration"
      )
      const error = yield* Effect.flip(migrate({ directory, connection: owner, to: "latest", waitMs: 50 }))
      assert.strictEqual(error._tag, "MigrationsBusy")
      yield* session.run("SELECT pg_advisory_unlock(1)")
      assert.strictEqual((yield* Fiber.join(first)).length, 1)
    })
  )

  it.effect("tell how far a database is, to its service as well, and go to any version", () =>
    Effect.gen(function* () {
      const { owner, service } = yield* emptyDatabase
      const directory = yield* directoryWith(shop)
      const [first, second] = [
        { version: 1, name: "create_products" },
        { version: 2, name: "add_audit" }
      ]
      assert.deepStrictEqual(yield* status({ directory, connection: owner }), {
        current: 0,
        latest: 2,
        pending: [first, second],
        changed: []
      })
      yield* migrate({ directory, connection: owner, to: 1 })
      assert.deepStrictEqual(yield* status({ directory, connection: service }), {
        current: 1,
        latest: 2,
        pending: [second],
        changed: []
      })
      assert.deepStrictEqual(yield* migrate({ directory, connection: owner, to: 1 }), [])
      for (const to of [3, -1, 0.5]) {
        const error = yield* Effect.flip(migrate({ directory, connection: owner, to }))
        assert.strictEqual(error._tag, "UnknownMigrationTarget")
      }
    })
  )

  it.effect("keep their book with the owner, where the service can read and not write", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      yield* migrate({ directory: yield* directoryWith(shop), connection: owner, to: "latest" })
      const recent =
        "SELECT version, tableowner FROM schema_migrations, pg_tables WHERE tablename = 'schema_migrations' AND abs(extract(epoch FROM now() - run_at)) < 60 ORDER BY 1"
      assert.deepStrictEqual(yield* ask("service", recent), [
        { version: "1", tableowner: "orders_owner" },
        { version: "2", tableowner: "orders_owner" }
      ])
      const error = yield* Effect.flip(ask("service", "DELETE FROM schema_migrations"))
      assert.strictEqual(error.code, "42501")
    })
  )

  it.effect("that fail are rolled back as a whole and name the line, and those before them are kept", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith({
        ...shop,
        "0002.do.add_audit.sql": "CREATE TABLE half (id int);\n\nCREATE TABLE product (id int);\nSELECT nonsense;"
      })
      const error = yield* Effect.flip(migrate({ directory, connection: owner, to: "latest" }))
      assert.strictEqual(error._tag, "MigrationFailed")
      assert.include(error.message, "0002.do.add_audit.sql")
      assert.include(error.message, '"product" already exists')
      if (error._tag === "MigrationFailed")
        assert.deepStrictEqual(error.applied, [{ version: 1, name: "create_products" }])
      assert.deepStrictEqual(yield* ask("owner", "SELECT to_regclass('half') AS half"), [{ half: null }])
      assert.strictEqual((yield* status({ directory, connection: owner })).current, 1)
      yield* Effect.promise(() => writeFile(join(directory, "0002.do.add_audit.sql"), "SELECT 1;\n\nSELECT nonsense;"))
      const positioned = yield* Effect.flip(migrate({ directory, connection: owner, to: "latest" }))
      assert.include(positioned.message, "0002.do.add_audit.sql:3")
    })
  )

  it.effect("may not end their transaction", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith({
        "0001.do.one.sql": "CREATE TABLE half (id int); COMMIT; SELECT 1",
        "0001.undo.one.sql": ""
      })
      const error = yield* Effect.flip(migrate({ directory, connection: owner, to: "latest" }))
      assert.include(error.message, "leave out BEGIN and COMMIT")
      assert.strictEqual((yield* status({ directory, connection: owner })).current, 0)
    })
  )

  it.effect("are refused by a database that is newer than the code", () =>
    Effect.gen(function* () {
      const { owner, service } = yield* emptyDatabase
      yield* migrate({ directory: yield* directoryWith(shop), connection: owner, to: "latest" })
      const { "0001.do.create_products.sql": up, "0001.undo.create_products.sql": down } = shop
      const older = yield* directoryWith({ "0001.do.create_products.sql": up, "0001.undo.create_products.sql": down })
      for (const to of ["latest", 0] as const) {
        const error = yield* Effect.flip(migrate({ directory: older, connection: owner, to }))
        assert.strictEqual(error._tag, "SchemaNewerThanCode")
      }
      const error = yield* Effect.flip(assertSchemaKnown({ directory: older, connection: service }))
      assert.strictEqual(error._tag, "SchemaNewerThanCode")
      assert.include(error.message, "has schema version 2, this Valerix knows only 1")
    })
  )

  it.effect("are refused when an applied one was edited, other line endings apart", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith(shop)
      yield* migrate({ directory, connection: owner, to: "latest" })
      const file = join(directory, "0001.do.create_products.sql")
      const original = shop["0001.do.create_products.sql"]
      yield* Effect.promise(() => writeFile(file, original.replaceAll("\n", "\r\n")))
      yield* assertSchemaKnown({ directory, connection: owner })
      yield* Effect.promise(() => writeFile(file, `${original}\nSELECT 1;`))
      const changed = [{ version: 1, name: "create_products" }]
      assert.deepStrictEqual((yield* status({ directory, connection: owner })).changed, changed)
      for (const refused of [
        assertSchemaKnown({ directory, connection: owner }),
        migrate({ directory, connection: owner, to: "latest" })
      ]) {
        assert.strictEqual((yield* Effect.flip(refused))._tag, "MigrationChanged")
      }
    })
  )

  it.effect("say so when the database cannot be reached", () =>
    Effect.gen(function* () {
      const { owner } = yield* emptyDatabase
      const directory = yield* directoryWith(shop)
      const error = yield* Effect.flip(migrate({ directory, connection: { ...owner, port: 1 }, to: "latest" }))
      assert.strictEqual(error._tag, "DatabaseUnreachable")
    })
  )
})

import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { layerPgClient } from "@valerix/database"
import { type DatabaseConnection, EmbeddedServer } from "@valerix/database/embedded"
import { Context, Effect, Layer, Redacted, Schedule, type Scope } from "effect"
import { DATABASES, type DatabaseName } from "../../src/DatabaseNames.ts"
import { makeTestClient, orderIn } from "../support/TestClient.ts"
import { debianMajors, startDebianServer } from "./support/DebianServer.ts"
import { olderServer } from "./support/OlderServer.ts"
import { urlOf } from "./support/OwnDatabases.ts"
import { runValerix, startValerix, temporaryFolder } from "./support/Valerix.ts"

const DOCUMENT = new URL("../../../../docs/postgresql.md", import.meta.url)

/** The statements of the document's blocks of SQL, in order: those of the server, then those of the database. */
const documented = Effect.promise(async () => {
  const blocks = [...(await readFile(DOCUMENT, "utf8")).matchAll(/^```sql\n(.*?)^```$/gms)]
  return blocks.map(([, sql = ""]) =>
    sql
      .split(/;\s*\n/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "")
  )
})

/** Runs statements one by one, as psql would. */
const run = (connection: DatabaseConnection, statements: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    for (const statement of statements) yield* sql.unsafe(statement).unprepared
  }).pipe(
    Effect.provide(layerPgClient(connection, { applicationName: "valerix tests", maxConnections: 1 })),
    Effect.orDie
  )

class Server extends Context.Service<
  Server,
  {
    readonly admin: DatabaseConnection
    readonly login: (name: DatabaseName, role: "owner" | "service") => DatabaseConnection
    readonly environment: Readonly<Record<string, string>>
    /** Runs statements as the superuser, in a service's database. */
    readonly administer: (database: string, ...statements: ReadonlyArray<string>) => Effect.Effect<void>
  }
>()("@valerix/app/test/Server") {}

/** A server of its own with everything that the document asks for, and nothing else. */
const layerServer = (start: (folder: string) => Effect.Effect<DatabaseConnection, unknown, Scope.Scope>) =>
  Layer.effect(
    Server,
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const admin = yield* Effect.orDie(start(folder))
      yield* run(admin, ["SELECT 1"]).pipe(Effect.sandbox, Effect.retry(Schedule.spaced(100)), Effect.timeout(60_000))
      const [onServer = [], inDatabase = []] = yield* documented
      assert.isAbove(onServer.length * inDatabase.length, 0)
      for (const name of DATABASES) {
        const named = (statement: string) => statement.replaceAll(/\borders(?=\b|_)/g, name)
        yield* run(admin, onServer.map(named))
        yield* run({ ...admin, database: name }, inDatabase.map(named))
      }
      const login = (name: DatabaseName, role: "owner" | "service"): DatabaseConnection => ({
        ...admin,
        database: name,
        username: `${name}_${role}`,
        password: Redacted.make(`${role}-password`)
      })
      const variables = DATABASES.flatMap((name) => [
        [`DATABASE_URL_${name.toUpperCase()}`, urlOf(login(name, "service"))],
        [`DATABASE_OWNER_URL_${name.toUpperCase()}`, urlOf(login(name, "owner"))]
      ])
      return {
        admin,
        login,
        environment: { ...Object.fromEntries(variables), VALERIX_HOME: join(folder, "never") },
        administer: (database: string, ...statements: ReadonlyArray<string>) => run({ ...admin, database }, statements)
      }
    }).pipe(Effect.orDie)
  )

const embedded = (folder: string) =>
  Effect.map(EmbeddedServer.start({ home: join(folder, "home"), services: [] }), ({ admin }) => admin)

const servers: ReadonlyArray<readonly [string, ReturnType<typeof layerServer>]> = [
  ["the embedded one, run as a server of its own", layerServer(embedded)],
  ...debianMajors.map(
    (major) => [`Debian's PostgreSQL ${major}`, layerServer((folder) => startDebianServer(major, folder))] as const
  )
]

for (const [title, server] of servers) {
  layer(server, { excludeTestServices: true, timeout: "120 seconds" })(`an external server: ${title}`, (it) => {
    it.effect("set up by the document's SQL, executes an order without anything embedded, and verifies", () =>
      Effect.gen(function* () {
        const { environment } = yield* Server
        const program = yield* startValerix(environment)
        const client = makeTestClient(program.url)
        yield* client.product("EXTERNAL", 3)
        const placed = orderIn(yield* client.order({ product_id: "EXTERNAL", quantity: 2 }))
        assert.strictEqual((yield* client.ended(placed.id)).ledger_status, "COMPLETED")
        const verified = yield* runValerix(["verify"], environment)
        assert.deepStrictEqual([verified.code, verified.stderr], [0, ""])
        assert.match(verified.stdout, /All promises hold: 1 order of/)
        program.child.kill("SIGTERM")
        assert.strictEqual((yield* Effect.promise(() => program.gone)).code, 0)
      })
    )
  })
}

layer(layerServer(embedded), { excludeTestServices: true, timeout: "120 seconds" })("start refuses", (it) => {
  const startOrders = (environment: Readonly<Record<string, string>>) =>
    runValerix(["start", "orders"], { ...environment, ORDERS_PORT: "0" })

  it.effect("a service's login that row-level security does not bind, and says why", () =>
    Effect.gen(function* () {
      const { administer, environment, login } = yield* Server
      const cases: ReadonlyArray<readonly [why: RegExp, make: string, undo: string]> = [
        [/superuser/, "ALTER ROLE orders_service SUPERUSER", "ALTER ROLE orders_service NOSUPERUSER"],
        [/bypasses row-level/, "ALTER ROLE orders_service BYPASSRLS", "ALTER ROLE orders_service NOBYPASSRLS"],
        [
          /owns the database or tables/,
          "GRANT orders_owner TO orders_service",
          "REVOKE orders_owner FROM orders_service"
        ],
        [
          /owns the database or tables/,
          "CREATE TABLE own (); ALTER TABLE own OWNER TO orders_service",
          "DROP TABLE own"
        ]
      ]
      for (const [why, make, undo] of cases) {
        yield* administer("orders", ...make.split("; "))
        const refused = yield* startOrders(environment)
        yield* administer("orders", undo)
        assert.deepStrictEqual([refused.code, refused.stdout], [1, ""])
        assert.match(refused.stderr, why)
        assert.match(refused.stderr, /^valerix: The login of DATABASE_URL_ORDERS .*orders_service.*\n$/)
      }
      const asOwner = yield* startOrders({ ...environment, DATABASE_URL_ORDERS: urlOf(login("orders", "owner")) })
      assert.match(asOwner.stderr, /DATABASE_URL_ORDERS owns the database/)
    })
  )

  it.effect("a server that is older than 15, or away, or has another password", () =>
    Effect.gen(function* () {
      const { environment, login } = yield* Server
      const older = yield* olderServer(login("orders", "service"), "140012")
      const refused = yield* startOrders({ ...environment, DATABASE_URL_ORDERS: urlOf(older) })
      assert.strictEqual(refused.code, 1)
      assert.match(refused.stderr, /^valerix: The server of DATABASE_URL_ORDERS is PostgreSQL .* 15 or later\.\n$/)
      const away = { ...environment, DATABASE_URL_ORDERS: "postgres://orders_service:hunter2@127.0.0.1:9/orders" }
      for (const command of [["start"], ["verify"]]) {
        const unreached = yield* runValerix(command, { ...away, PORT: "0" })
        assert.deepStrictEqual([unreached.code, unreached.stdout], [3, ""])
        assert.match(
          unreached.stderr,
          /^valerix: The database orders at 127\.0\.0\.1, port 9, cannot be reached: .*\n$/
        )
        assert.notInclude(unreached.stderr, "hunter2")
      }
      const stranger = { ...login("orders", "service"), password: Redacted.make("hunter2") }
      const locked = yield* startOrders({ ...environment, DATABASE_URL_ORDERS: urlOf(stranger) })
      assert.strictEqual(locked.code, 3)
      assert.match(locked.stderr, /password authentication failed/)
      assert.notInclude(locked.stderr, "hunter2")
    })
  )
})

import { readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EmbeddedServer } from "../../src/embedded/index.ts"
import { ask, eventually, isGone } from "./Asking.ts"
import { sharedHome } from "./TemporaryHome.ts"

const services = ["orders"]
const sharedFolder = sharedHome(services)
const start = (home: string) => EmbeddedServer.start({ home, services })

describe("the embedded server", { timeout: 60_000 }, () => {
  it.live("keeps committed data and stays durable when it is stopped and started", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const processId = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* start(home)
          yield* ask(server.connection("orders", "owner"), "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
          yield* ask(server.admin, "ALTER SYSTEM SET fsync = off")
          yield* ask(server.admin, "ALTER SYSTEM SET synchronous_commit = off")
          return yield* server.processId
        })
      )
      assert.isTrue(yield* isGone(processId), "the server stopped with the scope")
      const server = yield* start(home)
      assert.deepStrictEqual(yield* ask(server.connection("orders", "owner"), "SELECT id FROM kept"), [{ id: 7 }])
      const durable = `SELECT setting FROM pg_settings
        WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')`
      assert.deepStrictEqual(yield* ask(server.admin, durable), Array(4).fill({ setting: "on" }))
      const locale =
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'orders'"
      assert.deepStrictEqual(yield* ask(server.admin, locale), [
        { datlocprovider: "b", datlocale: "C.UTF-8", pg_encoding_to_char: "UTF8" }
      ])
      assert.deepStrictEqual(yield* ask(server.admin, "SHOW listen_addresses"), [{ listen_addresses: "" }])
    })
  )

  it.live("gives a service that was added later its database, with the passwords of the others unchanged", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const before = yield* Effect.scoped(Effect.map(start(home), (server) => server.connection("orders", "owner")))
      const server = yield* EmbeddedServer.start({ home, services: ["orders", "payments"] })
      assert.deepStrictEqual(server.connection("orders", "owner"), before)
      assert.deepStrictEqual(yield* ask(server.connection("payments", "service"), "SELECT current_user"), [
        { current_user: "payments_service" }
      ])
    })
  )

  it.live("a service can neither make tables nor read another service's database", () =>
    Effect.gen(function* () {
      const server = yield* EmbeddedServer.start({ home: sharedFolder(), services: ["orders", "payments"] })
      const service = server.connection("orders", "service")
      const codeOf = (connection: typeof service, sql: string) =>
        Effect.map(Effect.flip(ask(connection, sql)), ({ code }) => code)
      const denied = "42501"
      assert.strictEqual(yield* codeOf(service, "CREATE TABLE mine (id int)"), denied)
      assert.strictEqual(yield* codeOf(service, "CREATE TEMPORARY TABLE mine (id int)"), denied)
      assert.strictEqual(yield* codeOf(service, "CREATE SCHEMA mine"), denied)
      for (const database of ["payments", "postgres", "template1"]) {
        assert.strictEqual(yield* codeOf({ ...service, database }, "SELECT 1"), denied)
        assert.strictEqual(yield* codeOf({ ...server.connection("orders", "owner"), database }, "SELECT 1"), denied)
      }
      yield* ask(server.connection("orders", "owner"), "CREATE TABLE secret (id int)")
      assert.strictEqual(yield* codeOf(service, "SELECT * FROM secret"), denied)
      assert.strictEqual(yield* codeOf({ ...service, password: server.admin.password }, "SELECT 1"), "28P01")
      assert.deepStrictEqual(
        yield* ask(
          service,
          `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
             current_setting('idle_in_transaction_session_timeout') AS idle`
        ),
        [{ statement: "10s", lock: "1500ms", idle: "15s" }]
      )
    })
  )

  it.live("comes back with committed data when PostgreSQL is killed, and says so when it cannot", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const server = yield* start(home)
      const owner = server.connection("orders", "owner")
      yield* ask(owner, "CREATE TABLE note (id int); INSERT INTO note VALUES (7)")
      const killed = yield* server.processId
      process.kill(killed, "SIGKILL")
      const answered = Effect.map(ask(owner, "SELECT id FROM note"), (rows) => rows.length === 1)
      yield* eventually(
        Effect.orElseSucceed(answered, () => false),
        "the killed server answers again"
      )
      yield* eventually(
        Effect.map(server.processId, (processId) => processId !== killed),
        "it has a new process"
      )
      yield* Effect.promise(() => writeFile(join(home, "postgres", "valerix.conf"), "no_such_setting = 1\n"))
      process.kill(yield* server.processId, "SIGKILL")
      const error = yield* Effect.flip(server.lost)
      assert.strictEqual(error.reason._tag, "ServerLost")
      assert.include(error.message, "no_such_setting")
    })
  )

  it.live("starts although a stale postmaster.pid names a process that lives", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const pidFile = join(home, "postgres", "postmaster.pid")
      const content = yield* Effect.scoped(
        Effect.andThen(
          start(home),
          Effect.promise(() => readFile(pidFile, "utf8"))
        )
      )
      yield* Effect.promise(() => writeFile(pidFile, content.replace(/^\d+/, String(process.pid))))
      const server = yield* start(home)
      assert.notStrictEqual(yield* server.processId, process.pid)
    })
  )

  it.live("begins a long log anew and keeps the one before", () =>
    Effect.gen(function* () {
      const log = join(sharedFolder(), "postgres.log")
      const long = 9 * 1024 * 1024
      const sizeOf = (path: string) => Effect.promise(async () => (await stat(path)).size)
      yield* Effect.promise(() => writeFile(log, Buffer.alloc(long, "x")))
      const server = yield* start(sharedFolder())
      yield* eventually(
        Effect.map(sizeOf(log), (bytes) => bytes < long),
        "the log is short"
      )
      assert.isAtLeast(yield* sizeOf(`${log}.1`), long)
      yield* ask(server.admin, "DO $$ BEGIN RAISE WARNING 'still heard'; END $$")
      assert.include(yield* Effect.promise(() => readFile(log, "utf8")), "still heard")
    })
  )

  it.live("shows the end of PostgreSQL's log when it does not start", () =>
    Effect.gen(function* () {
      const home = sharedFolder()
      const settings = { shared_preload_libraries: "no_such_library" }
      const error = yield* Effect.flip(EmbeddedServer.start({ home, services, settings }))
      assert.strictEqual(error.reason._tag, "StartFailed")
      assert.include(error.message, "no_such_library")
    })
  )
})

import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { layerPgClient } from "@valerix/database"
import { type DatabaseConnection, EmbeddedServer } from "@valerix/database/embedded"
import { Context, Effect, Layer, Redacted, Schedule } from "effect"
import { look } from "../../../src/commands/doctor/Check.ts"
import { leftBehindCheck } from "../../../src/commands/doctor/database/LeftBehindCheck.ts"
import { settingsCheck } from "../../../src/commands/doctor/database/SettingsCheck.ts"
import { transactionsCheck } from "../../../src/commands/doctor/database/TransactionsCheck.ts"
import { debianMajors, startDebianServer } from "../support/DebianServer.ts"
import { temporaryFolder } from "../support/Valerix.ts"

const sessionOn = (connection: DatabaseConnection) =>
  Effect.map(
    Layer.build(Layer.fresh(layerPgClient(connection, { applicationName: "shop", maxConnections: 1 }))),
    (context) => Context.get(context, PgClient.PgClient)
  )

describe("the checks of a server", () => {
  it.live(
    "find a transaction that stays open, who it is and how to end it, and a replication slot that nobody reads",
    () =>
      Effect.gen(function* () {
        const home = join(yield* temporaryFolder, "home")
        const { admin } = yield* EmbeddedServer.start({ home, services: [] })
        const sql = yield* sessionOn(admin)
        const sessions = { asService: sql, asObserver: sql }
        const [clean] = yield* look(transactionsCheck("embedded", sessions, 0))
        assert.strictEqual(clean?.result, "OK", clean?.found)
        const other = yield* sessionOn(admin)
        yield* other
          .withTransaction(
            Effect.gen(function* () {
              const [row] = yield* other<{ pid: number }>`SELECT pg_backend_pid() AS pid`
              const [found] = yield* look(transactionsCheck("embedded", sessions, 100)).pipe(
                Effect.repeat({ while: ([finding]) => finding?.result === "OK", schedule: Schedule.spaced(50) })
              )
              assert.strictEqual(found?.result, "WARN")
              assert.match(
                found?.found ?? "",
                new RegExp(
                  `^process ${row?.pid} of valerix_admin \\(shop\\) has been in a transaction on postgres for .*idle in transaction$`
                )
              )
              assert.include(found?.advice ?? "", `pg_terminate_backend(${row?.pid})`)
            })
          )
          .pipe(Effect.orDie)
        const [none] = yield* look(leftBehindCheck("embedded", sessions))
        assert.strictEqual(none?.result, "OK", none?.found)
        yield* Effect.orDie(sql`SELECT (pg_create_physical_replication_slot('forgotten', true)).slot_name::text`)
        const [slot] = yield* look(leftBehindCheck("embedded", sessions))
        assert.deepStrictEqual(
          [slot?.result, slot?.advice?.includes("pg_drop_replication_slot('forgotten')")],
          ["WARN", true]
        )
      })
  )

  it.live("say why they could not look where the server has gone, and do not take for ever", () =>
    Effect.gen(function* () {
      const nobody = { host: "127.0.0.1", port: 9, database: "x", username: "x", password: Redacted.make("x") }
      const sql = yield* sessionOn(nobody)
      const [finding] = yield* look(leftBehindCheck("gone", { asService: sql, asObserver: sql }))
      assert.deepStrictEqual([finding?.result, finding?.advice], ["SKIPPED", null])
      assert.match(finding?.found ?? "", /^could not be looked at: .+/)
    })
  )

  for (const major of debianMajors.slice(0, 1)) {
    it.live(`find that PostgreSQL ${major} was told not to wait for the disk`, () =>
      Effect.gen(function* () {
        const admin = yield* startDebianServer(major, yield* temporaryFolder)
        const sql = yield* sessionOn(admin)
        yield* sql`SELECT 1`.pipe(
          Effect.sandbox,
          Effect.retry(Schedule.spaced(100)),
          Effect.timeout(60_000),
          Effect.orDie
        )
        const findings = yield* look(settingsCheck("orders", { asService: sql, asObserver: sql }))
        const [first] = findings.filter(({ result }) => result === "FAIL")
        assert.match(first?.found ?? "", /^fsync is off/)
        assert.include(first?.advice ?? "", "fsync = on")
      })
    )
  }
})

import { chmod, mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import { makeOrderId } from "@valerix/money-and-ids"
import { DEMO_ORGANIZATION_ID } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import { DoctorReport } from "../../../src/commands/doctor/DoctorReport.ts"
import type { Finding } from "../../../src/commands/doctor/Finding.ts"
import { makeTestClient, orderIn } from "../../support/TestClient.ts"
import { takenPort } from "../support/FreePort.ts"
import { layerOwnDatabases, OwnDatabases } from "../support/OwnDatabases.ts"
import { type Environment, runValerix, startValerix, temporaryFolder } from "../support/Valerix.ts"

const read = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(DoctorReport)))

/** What doctor finds; it ends with 1 if, and only if, something is wrong. */
const doctor = (environment: Environment) =>
  Effect.map(runValerix(["doctor", "--json"], { PORT: "0", ...environment }), ({ code, stderr, stdout }) => {
    const { findings, result } = read(stdout)
    assert.strictEqual(code, result === "FAIL" ? 1 : 0, stderr)
    return findings
  })

/** The findings of a check that are not OK, in one text each. */
const troubles = (findings: ReadonlyArray<Finding>, check: string) =>
  findings
    .filter((finding) => finding.check === check && finding.result !== "OK")
    .map(({ advice, found, result, subject }) => [result, subject, found, advice].join(" | "))

describe("valerix doctor", () => {
  it.live("finds a port that somebody else uses, a folder open to everybody, and passwords that others may read", () =>
    Effect.gen(function* () {
      const port = yield* takenPort
      const home = join(yield* temporaryFolder, "home")
      yield* Effect.promise(() => mkdir(home))
      yield* Effect.promise(() => chmod(home, 0o777))
      yield* Effect.promise(() => writeFile(join(home, "credentials.json"), "{}"))
      yield* Effect.promise(() => chmod(join(home, "credentials.json"), 0o644))
      const findings = yield* doctor({ VALERIX_HOME: home, PORT: `${port}` })
      const who = process.platform === "linux" ? `process ${process.pid} \\(.*\\)` : "somebody else"
      assert.match(
        troubles(findings, "port").join(),
        new RegExp(`^FAIL \\| PORT \\| port ${port} is used by ${who} \\| .*set PORT`)
      )
      assert.match(troubles(findings, "home").join("\n"), /^FAIL.*everybody may write.*chmod o-w .*\nFAIL.*chmod 600 /)
    })
  )

  it.live("finds data that cannot be opened, a folder that is none, and an environment that cannot be used", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const home = join(folder, "home")
      yield* Effect.promise(() => mkdir(join(home, "postgres"), { recursive: true }))
      yield* Effect.promise(() => writeFile(join(home, "postgres", "PG_VERSION"), "9.6\n"))
      const old = yield* doctor({ VALERIX_HOME: home })
      assert.match(troubles(old, "embedded_server").join(), /^FAIL.*written by PostgreSQL 9\.6/)
      const file = join(folder, "file")
      yield* Effect.promise(() => writeFile(file, ""))
      yield* Effect.promise(() => symlink(file, join(folder, "link")))
      assert.match(
        troubles(yield* doctor({ VALERIX_HOME: join(folder, "link") }), "home").join(),
        /^FAIL.*is no folder/
      )
      const wrong = yield* doctor({ POLL_INTERVAL_MS: "soon", DATABASE_URL_ORDERS: "mysql://shop:hunter2@db/orders" })
      const [said = ""] = troubles(wrong, "configuration")
      assert.match(said, /^FAIL.*DATABASE_URL_ORDERS.*POLL_INTERVAL_MS/)
      assert.notInclude(JSON.stringify(wrong), "hunter2")
    })
  )
})

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "240 seconds" })(
  "valerix doctor, on databases elsewhere,",
  (it) => {
    it.effect("finds all well, beside a Valerix that runs; then a parked order, and durability that was given up", () =>
      Effect.gen(function* () {
        const { environment, owner, ownerConnection, passwords } = yield* OwnDatabases
        const patient = { RETRY_SCHEDULE_MS: "3600000", POLL_INTERVAL_MS: "3600000" }
        const program = yield* startValerix({ ...environment, ...patient })
        const client = makeTestClient(program.url)
        const PORT = new URL(program.url).port
        const well = yield* doctor({ ...environment, PORT })
        // Whose folder the program has is not known, and the run's server is not set up for production.
        const expected = new Set(["port", "memory", "disk", "settings", "node", "open_files"])
        assert.deepStrictEqual(
          well.filter(({ check, result }) => result !== "OK" && !expected.has(check)),
          []
        )

        yield* client.product("STUCK", 5)
        yield* owner("inventory")`REVOKE INSERT ON inventory_reservations FROM inventory_service`
        const { id } = orderIn(yield* client.order({ product_id: "STUCK", quantity: 1 }))
        const park = ["saga", "park", "--min-age", "0s", "--reason", "We look into it"]
        yield* runValerix(park, environment).pipe(
          Effect.repeat({ until: ({ stdout }) => stdout.includes(id), times: 20 })
        )
        const sql = owner("checkout")
        const checkout = ownerConnection("checkout").database
        yield* sql.unsafe(`ALTER DATABASE "${checkout}" SET synchronous_commit = off`).unprepared
        yield* sql`CREATE TABLE doubled AS SELECT 1 AS n UNION ALL SELECT 1`
        yield* Effect.ignore(sql`CREATE UNIQUE INDEX CONCURRENTLY doubled_n ON doubled (n)`)
        const away = "postgres://orders_service:hunter2@127.0.0.1:9/orders"
        const findings = yield* doctor({ ...environment, DATABASE_URL_ORDERS: away, PORT })
        assert.match(
          troubles(findings, "orders_parked").join(),
          /^WARN \| {2}\| 1 order parked, .* \| valerix saga list --parked/
        )
        assert.match(troubles(findings, "settings").join("\n"), /FAIL \| checkout \| synchronous_commit is off/)
        assert.match(
          troubles(findings, "content").join(),
          /^WARN \| checkout \| the index doubled_n is invalid.* REINDEX/
        )
        assert.match(
          troubles(findings, "database").join(),
          /^FAIL \| orders \| .*127\.0\.0\.1, port 9, cannot be reached/
        )
        for (const secret of [...passwords, "hunter2"]) assert.notInclude(JSON.stringify(findings), secret)
        yield* sql.unsafe(`ALTER DATABASE "${checkout}" RESET synchronous_commit`).unprepared
        yield* sql`DROP TABLE doubled`
        yield* owner("inventory")`GRANT INSERT ON inventory_reservations TO inventory_service`

        program.child.kill("SIGTERM")
        yield* Effect.promise(() => program.gone)
        yield* sql`DELETE FROM saga_queue`
        yield* sql`UPDATE order_ledger SET park_reason = NULL, updated_at = now() - interval '1 hour' WHERE order_id = ${id}::uuid`
        yield* sql`
        INSERT INTO saga_queue (organization_id, order_id, visible_at, saga_version)
        VALUES (${DEMO_ORGANIZATION_ID}::uuid, ${makeOrderId()}::uuid, now() - interval '1 hour', 99)`
        yield* runValerix(["migrate", "down", "--database", "payments", "--to", "3"], environment)
        const stopped = yield* doctor(environment)
        assert.match(
          troubles(stopped, "orders_unclaimed").join(),
          /^FAIL \| {2}\| 1 order due and claimed by nobody, one for 1 h/
        )
        assert.match(
          troubles(stopped, "orders_lost").join(),
          new RegExp(`^FAIL \\|  \\| 1 order in no queue, such as ${id}`)
        )
        assert.match(troubles(stopped, "saga_versions").join(), /^FAIL \| {2}\| .* saga version 99/)
        assert.match(
          troubles(stopped, "migrations").join(),
          /^FAIL \| payments \| version 3 of 5: 2 pending \| valerix migrate up/
        )
      })
    )

    it.effect("says to people what it found and what to do, and ends with 1", () =>
      Effect.gen(function* () {
        const { environment } = yield* OwnDatabases
        const said = yield* runValerix(["doctor"], { ...environment, PORT: "0", LOG_LEVEL: "info" })
        assert.strictEqual(said.code, 1)
        assert.match(said.stdout, /^FAIL {5}migrations +payments: version 3 of 5: 2 pending\n +→ valerix migrate up/m)
        assert.match(said.stdout, /\n\d+ checks: \d+ FAIL.*\.\n$/)
        assert.notInclude(said.stdout, "\u001b")
        assert.match(said.stderr, /^valerix: \d+ findings? to be put right\.\n$/)
      })
    )
  }
)

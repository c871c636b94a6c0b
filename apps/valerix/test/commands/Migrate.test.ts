import { assert, layer } from "@effect/vitest"
import { describeSchema } from "@valerix/database/migrations"
import { Effect, Schema } from "effect"
import { DATABASES } from "../../src/DatabaseNames.ts"
import { layerOwnDatabases, OwnDatabases } from "./support/OwnDatabases.ts"
import { runValerix } from "./support/Valerix.ts"

/** The versions that `migrate status` tells, by database. */
const versionsIn = (stdout: string) =>
  new Map(
    [...stdout.matchAll(/^(\w+) +version (\d+) of (\d+)(.*)$/gm)].map(
      ([, name = "", current, latest, remarks = ""]) => [
        name,
        { current: Number(current), latest: Number(latest), remarks }
      ]
    )
  )

const status = (environment: Readonly<Record<string, string>>) =>
  Effect.map(runValerix(["migrate", "status"], environment), ({ code, stderr, stdout }) => {
    assert.deepStrictEqual([code, stderr], [0, ""])
    const versions = versionsIn(stdout)
    assert.deepStrictEqual([...versions.keys()], [...DATABASES])
    return versions
  })

const decodeStatus = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      database: Schema.Literals(DATABASES),
      current: Schema.Int,
      latest: Schema.Int,
      pending: Schema.Array(Schema.Struct({ version: Schema.Int, name: Schema.String })),
      changed: Schema.Array(Schema.Unknown)
    })
  )
)

const withoutOwners = (environment: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("DATABASE_OWNER")))

layer(layerOwnDatabases(), { excludeTestServices: true, timeout: "60 seconds" })("valerix migrate", (it) => {
  it.effect("tells what is missing, applies it once whoever asks at the same time, and then has nothing to do", () =>
    Effect.gen(function* () {
      const { environment } = yield* OwnDatabases
      for (const { current, latest, remarks } of (yield* status(environment)).values()) {
        assert.strictEqual(current, 0)
        assert.isAbove(latest, 0)
        assert.match(remarks, /^; pending: 1\b/)
      }
      const up = runValerix(["migrate", "up"], environment)
      const both = yield* Effect.all([up, up], { concurrency: 2 })
      assert.deepStrictEqual(
        both.map(({ code, stderr }) => [code, stderr]),
        [
          [0, ""],
          [0, ""]
        ]
      )
      const applied = both.map(({ stdout }) => stdout).join("")
      for (const [name, { current, latest, remarks }] of yield* status(environment)) {
        assert.deepStrictEqual([current, remarks], [latest, ""], name)
        assert.strictEqual(applied.match(new RegExp(`^${name} .*\\bup ${latest} `, "gm"))?.length, 1, applied)
      }
      const asJson = yield* runValerix(["migrate", "status", "--json"], environment)
      const documents = asJson.stdout
        .trimEnd()
        .split("\n")
        .map((line) => decodeStatus(line))
      assert.deepStrictEqual(
        documents.map(({ database, pending }) => [database, pending.length]),
        DATABASES.map((name) => [name, 0])
      )
      const again = yield* up
      assert.strictEqual(again.code, 0)
      assert.strictEqual(again.stdout.match(/nothing to do/g)?.length, DATABASES.length)
    })
  )

  it.effect("goes down to a version of one database and up again, to the same schema", () =>
    Effect.gen(function* () {
      const { environment, ownerConnection } = yield* OwnDatabases
      yield* runValerix(["migrate", "up"], environment)
      const before = yield* Effect.orDie(describeSchema(ownerConnection("orders")))
      const down = yield* runValerix(["migrate", "down", "--database", "orders", "--to", "2"], environment)
      assert.strictEqual(down.code, 0, down.stderr)
      const versions = yield* status(environment)
      assert.strictEqual(versions.get("orders")?.current, 2)
      assert.match(versions.get("orders")?.remarks ?? "", /pending: 3/)
      assert.strictEqual(versions.get("payments")?.remarks, "")
      assert.strictEqual((yield* runValerix(["migrate", "up"], environment)).code, 0)
      assert.deepStrictEqual(yield* Effect.orDie(describeSchema(ownerConnection("orders"))), before)
    })
  )

  it.effect("refuses to go where it cannot, and says what it needs", () =>
    Effect.gen(function* () {
      const { environment } = yield* OwnDatabases
      const vague = yield* runValerix(["migrate", "down", "--to", "1"], environment)
      assert.strictEqual(vague.code, 2)
      assert.match(vague.stderr, /--database/)
      const beyond = yield* runValerix(["migrate", "down", "--database", "orders", "--to", "99"], environment)
      assert.strictEqual(beyond.code, 1)
      assert.match(beyond.stderr, /no schema version 99/)
      const ownerless = yield* runValerix(["migrate", "up"], withoutOwners(environment))
      assert.strictEqual(ownerless.code, 1)
      for (const name of DATABASES) assert.include(ownerless.stderr, `DATABASE_OWNER_URL_${name.toUpperCase()}`)
    })
  )

  it.effect("goes down as a whole to nothing, and never up on the way down", () =>
    Effect.gen(function* () {
      const { environment } = yield* OwnDatabases
      yield* runValerix(["migrate", "up"], environment)
      assert.strictEqual((yield* runValerix(["migrate", "down"], environment)).code, 0)
      const up = yield* runValerix(["migrate", "down", "--database", "orders", "--to", "3"], environment)
      assert.deepStrictEqual([up.code, up.stdout], [1, ""])
      assert.match(up.stderr, /orders is at version 0, below 3/)
      for (const { current } of (yield* status(environment)).values()) assert.strictEqual(current, 0)
    })
  )

  it.effect(
    "start refuses a schema that is behind without the owner's login, or newer than itself, and says which",
    () =>
      Effect.gen(function* () {
        const { environment, owner } = yield* OwnDatabases
        yield* runValerix(["migrate", "up"], environment)
        yield* runValerix(["migrate", "down", "--database", "payments", "--to", "1"], environment)
        const behind = yield* runValerix(["start", "payments"], { PAYMENTS_PORT: "0", ...withoutOwners(environment) })
        assert.deepStrictEqual([behind.code, behind.stdout], [1, ""])
        assert.match(behind.stderr, /database of payments.*DATABASE_OWNER_URL_PAYMENTS/)
        yield* runValerix(["migrate", "up"], environment)
        const sql = owner("inventory")
        yield* sql`INSERT INTO schema_migrations (version, name, md5, run_at) VALUES (99, 'later', 'x', now())`
        const newer = yield* runValerix(["start"], { PORT: "0", ...environment })
        assert.deepStrictEqual([newer.code, newer.stdout], [1, ""])
        assert.match(newer.stderr, /inventory.* has schema version 99, this Valerix knows only 7/)
        assert.match(yield* Effect.map(runValerix(["migrate", "status"], environment), ({ stdout }) => stdout), /newer/)
        yield* sql`DELETE FROM schema_migrations WHERE version = 99`
      })
  )
})

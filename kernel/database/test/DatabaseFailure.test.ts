import { assert, it, layer } from "@effect/vitest"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { testDatabase } from "@valerix/testing"
import { Cause, Deferred, Effect, Exit, Fiber, Latch, Layer, Option, Redacted } from "effect"
import { SqlError } from "effect/sql"
import {
  type DatabaseRejectedData,
  type DatabaseUnavailable,
  databaseRejectedDataIn,
  databaseUnavailableIn,
  dieOnSqlError,
  layerPgClient,
  TenantDatabase
} from "../src/index.ts"

/** When whoever waits for a vector of an order's execution goes on without it. */
const VECTOR_DEADLINE_MS = 2_000

const Database = testDatabase("database_test", new URL("./tables/", import.meta.url))

interface Ending {
  readonly unavailable: DatabaseUnavailable | undefined
  readonly rejected: DatabaseRejectedData | undefined
  readonly sqlError: SqlError.SqlError | undefined
}

/** How a transaction died; one that did not is no ending. */
const endingOf = (exit: Exit.Exit<unknown, unknown>): Ending => {
  if (Exit.isSuccess(exit)) return assert.fail("the transaction was expected to die")
  assert.isFalse(Cause.hasFails(exit.cause), "the failure of the database is no typed failure")
  const defects = exit.cause.reasons.filter(Cause.isDieReason).map((reason) => reason.defect)
  return {
    unavailable: databaseUnavailableIn(exit.cause),
    rejected: databaseRejectedDataIn(exit.cause),
    sqlError: defects.find(SqlError.isSqlError)
  }
}

const assertUnavailable = (exit: Exit.Exit<unknown, unknown>, sqlState?: string) => {
  const { rejected, sqlError, unavailable } = endingOf(exit)
  assert.isDefined(unavailable)
  assert.isUndefined(rejected)
  assert.isUndefined(sqlError)
  if (sqlState !== undefined) assert.include(unavailable?.reason, sqlState)
}

const inTransaction = Effect.fnUntraced(function* (statement: string) {
  const { sql, withoutTenant } = yield* TenantDatabase
  return yield* Effect.exit(withoutTenant(sql.unsafe(statement)))
})

/** Begins a transaction, ends its connection from another one at the given moment, and gives how it ended. */
const killedWhile = Effect.fnUntraced(function* (
  moment: "before a statement" | "during a statement" | "before its commit"
) {
  const { sql, withoutTenant } = yield* TenantDatabase
  const begun = yield* Deferred.make<number>()
  const killed = yield* Latch.make(false)
  const statement = {
    "before a statement": Effect.andThen(killed.await, sql`SELECT 1`),
    "during a statement": sql`SELECT pg_sleep(60)`,
    "before its commit": killed.await
  }[moment]
  const transaction = yield* withoutTenant(
    Effect.gen(function* () {
      const [row] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
      yield* Deferred.succeed(begun, row?.pid ?? 0)
      yield* statement
    })
  ).pipe(Effect.exit, Effect.forkChild)
  const pid = yield* Deferred.await(begun)
  if (moment === "during a statement") yield* untilItSleeps(pid)
  yield* sql`SELECT pg_terminate_backend(${pid}, 10000)`
  yield* killed.open
  return yield* Fiber.join(transaction)
})

const untilItSleeps = Effect.fnUntraced(function* (pid: number) {
  const { sql } = yield* TenantDatabase
  const asleep = sql`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'PgSleep'`
  yield* Effect.repeat(asleep, { until: (rows) => rows.length > 0 })
})

layer(Database, { excludeTestServices: true })("a failure of the database", (it) => {
  it.effect.each(["before a statement", "during a statement", "before its commit"] as const)(
    "is DatabaseUnavailable when the connection is killed %s, and the next transaction finds another one",
    (moment) =>
      Effect.gen(function* () {
        const { sql, withoutTenant } = yield* TenantDatabase
        assertUnavailable(yield* killedWhile(moment))
        assert.deepStrictEqual(yield* withoutTenant(sql`SELECT 1 AS one`), [{ one: 1 }])
      })
  )

  it.effect("goes unnoticed when it strikes connections that nobody is using", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const pid = sql<{ pid: number }>`SELECT pg_backend_pid() AS pid, pg_sleep(0.05)`
      yield* Effect.all(
        Array.from({ length: 4 }, () => withoutTenant(pid)),
        { concurrency: "unbounded" }
      )
      const killed = yield* sql`
        SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND state = 'idle'`
      assert.isAtLeast(killed.length, 2)
      const results = yield* Effect.all(
        Array.from({ length: 8 }, () => Effect.exit(withoutTenant(sql`SELECT 1 AS one, pg_sleep(0.05)::text`))),
        { concurrency: "unbounded" }
      )
      assert.isTrue(results.every(Exit.isSuccess))
    })
  )

  it.effect("is DatabaseUnavailable when a lock does not come in time", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const held = yield* Latch.make(false)
      const enough = yield* Latch.make(false)
      const holder = yield* withoutTenant(
        sql`UPDATE turns SET taken = taken + 1 WHERE turn_id = 1`.pipe(
          Effect.andThen(held.open),
          Effect.andThen(enough.await)
        )
      ).pipe(Effect.forkChild)
      yield* held.await
      const waiter = sql`SET LOCAL lock_timeout = '50ms'`.pipe(
        Effect.andThen(sql`UPDATE turns SET taken = taken + 1 WHERE turn_id = 1`)
      )
      assertUnavailable(yield* Effect.exit(withoutTenant(waiter)), "55P03")
      yield* enough.open
      yield* Fiber.join(holder)
    })
  )

  it.effect("is told by the server before a vector's deadline when a lock does not come, whatever the statement", () =>
    Effect.gen(function* () {
      const { withoutTenant, sql } = yield* TenantDatabase
      const held = yield* Latch.make(false)
      const enough = yield* Latch.make(false)
      const take = sql`UPDATE turns SET taken = taken + 1 WHERE turn_id = 1`
      const holder = yield* withoutTenant(take.pipe(Effect.andThen(held.open), Effect.andThen(enough.await))).pipe(
        Effect.forkChild
      )
      yield* held.await
      const answer = yield* Effect.exit(withoutTenant(take)).pipe(Effect.timeoutOption(VECTOR_DEADLINE_MS))
      assert.isTrue(Option.isSome(answer), "no answer by the deadline")
      if (Option.isSome(answer)) assertUnavailable(answer.value, "55P03")
      yield* enough.open
      yield* Fiber.join(holder)
    })
  )

  it.effect("is DatabaseUnavailable for the one of two transactions that a deadlock gives up", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const both = [yield* Latch.make(false), yield* Latch.make(false)] as const
      const take = (turn: number) => sql`UPDATE turns SET taken = taken + 1 WHERE turn_id = ${turn}`
      const crossing = (mine: 0 | 1) =>
        withoutTenant(
          take(mine + 1).pipe(
            Effect.andThen(both[mine].open),
            Effect.andThen(both[mine === 0 ? 1 : 0].await),
            Effect.andThen(take(mine === 0 ? 2 : 1))
          )
        )
      const exits = yield* Effect.all([Effect.exit(crossing(0)), Effect.exit(crossing(1))], { concurrency: 2 })
      const given = exits.filter(Exit.isFailure)
      assert.strictEqual(given.length, 1)
      for (const exit of given) assertUnavailable(exit, "40P01")
    })
  )

  it.effect("is DatabaseUnavailable when a statement takes too long", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const slow = sql`SET LOCAL statement_timeout = '50ms'`.pipe(Effect.andThen(sql`SELECT pg_sleep(60)`))
      assertUnavailable(yield* Effect.exit(withoutTenant(slow)), "57014")
    })
  )

  it.effect("is DatabaseUnavailable for a transaction whose rows were changed under it", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const seen = yield* Latch.make(false)
      const changed = yield* Latch.make(false)
      const repeatable = yield* withoutTenant(
        sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`.pipe(
          Effect.andThen(sql`SELECT * FROM turns`),
          Effect.andThen(seen.open),
          Effect.andThen(changed.await),
          Effect.andThen(sql`UPDATE turns SET taken = taken + 1`)
        )
      ).pipe(Effect.exit, Effect.forkChild)
      yield* seen.await
      yield* withoutTenant(sql`UPDATE turns SET taken = taken + 1`)
      yield* changed.open
      assertUnavailable(yield* Fiber.join(repeatable), "40001")
    })
  )

  it.effect.each([
    ["53100", "the disk is full"],
    ["57P01", "the server is being shut down"],
    ["58030", "the disk does not answer"],
    ["25006", "the server has become a standby"],
    ["08006", "the connection failed"]
  ] as const)("is DatabaseUnavailable with SQLSTATE %s: %s", ([sqlState]) =>
    Effect.gen(function* () {
      const raised = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${sqlState}'; END $$`
      assertUnavailable(yield* inTransaction(raised), sqlState)
    })
  )

  it.effect("is DatabaseRejectedData, with the constraint's name, when a row breaks a rule", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const organization = OrganizationId.make(uuidV7())
      const insert = (amountMinor: number) =>
        Effect.exit(
          transaction([organization])(sql`
            INSERT INTO notes (organization_id, note_id, amount_minor) VALUES (${organization}::uuid, 1, ${amountMinor})`)
        )
      const checked = endingOf(yield* insert(-1))
      assert.deepStrictEqual(
        [checked.rejected?.sqlState, checked.rejected?.constraint, checked.unavailable, checked.sqlError],
        ["23514", "notes_amount_not_negative", undefined, undefined]
      )
      assert.isTrue(Exit.isSuccess(yield* insert(1)))
      const repeated = endingOf(yield* insert(1))
      assert.deepStrictEqual([repeated.rejected?.sqlState, repeated.rejected?.constraint], ["23505", "notes_pkey"])
    })
  )

  it.effect.each([
    ["22P02", "SELECT 'three'::int"],
    ["22003", "SELECT 3000000000::int"],
    ["22P05", `SELECT '"\\u0000"'::jsonb`]
  ] as const)("is DatabaseRejectedData with SQLSTATE %s for data that are none", ([sqlState, statement]) =>
    Effect.gen(function* () {
      const { rejected, unavailable } = endingOf(yield* inTransaction(statement))
      assert.deepStrictEqual([rejected?.sqlState, rejected?.constraint, unavailable], [sqlState, undefined, undefined])
    })
  )

  it.effect("is DatabaseRejectedData for text that PostgreSQL cannot keep", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      const { rejected } = endingOf(yield* Effect.exit(withoutTenant(sql`SELECT ${"zero \u0000 byte"}::text`)))
      assert.strictEqual(rejected?.sqlState, "22021")
    })
  )

  it.effect.each(["SELEC 1", "SELECT * FROM no_such_table", "DELETE FROM turns"])(
    "is a defect of its own when the statement itself is a mistake: %s",
    (statement) =>
      Effect.gen(function* () {
        const { rejected, sqlError, unavailable } = endingOf(yield* inTransaction(statement))
        assert.isDefined(sqlError)
        assert.deepStrictEqual([rejected, unavailable], [undefined, undefined])
      })
  )

  it.effect("is DatabaseUnavailable when there is no server", () =>
    Effect.gen(function* () {
      const nowhere = TenantDatabase.layer.pipe(
        Layer.provide(
          layerPgClient(
            {
              host: "127.0.0.1",
              port: 1,
              database: "nowhere",
              username: "nobody",
              password: Redacted.make("none")
            },
            { applicationName: "valerix tests", maxConnections: 1 }
          )
        )
      )
      assertUnavailable(yield* Effect.provide(inTransaction("SELECT 1"), nowhere, { local: true }))
    })
  )
})

it.effect("leaves the failures of the domain, and defects of other kinds, as they are", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* Effect.flip(dieOnSqlError(Effect.fail("out of stock"))), "out of stock")
    const died = yield* Effect.exit(dieOnSqlError(Effect.die("a bug")))
    assert.isTrue(Exit.hasDies(died))
    assert.isTrue(Exit.isFailure(died) && databaseUnavailableIn(died.cause) === undefined)
    assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(dieOnSqlError(Effect.interrupt))))
  })
)

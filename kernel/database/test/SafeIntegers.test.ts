import { assert, layer } from "@effect/vitest"
import { testDatabase } from "@valerix/testing"
import { Cause, Effect, Exit } from "effect"
import { batch, bigints, databaseRejectedDataIn, ints, TenantDatabase } from "../src/index.ts"

const Database = testDatabase("database_test", new URL("./tables/", import.meta.url))

const INT8_EDGES = [
  0,
  1,
  -1,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 32),
  -(2 ** 32) - 1,
  9_999_999_999_999,
  -9_999_999_999_999,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER
]

const rejectedDataOf = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) ? databaseRejectedDataIn(exit.cause) : undefined

layer(Database, { excludeTestServices: true })("int8", (it) => {
  it.effect("is a number, exact from the smallest to the largest safe integer, alone and in arrays", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      for (const value of INT8_EDGES) {
        const found = yield* withoutTenant(sql`SELECT ${value}::bigint AS value, (${value}::bigint)::text AS shown`)
        assert.deepStrictEqual(found, [{ value, shown: String(value) }])
      }
      const rows = yield* withoutTenant(sql`
        SELECT value, value::text AS shown, array[value] AS list
        FROM ${batch("row", { value: bigints(INT8_EDGES) })} ORDER BY position`)
      assert.deepStrictEqual(
        rows,
        INT8_EDGES.map((value) => ({ value, shown: String(value), list: [value] }))
      )
    })
  )

  it.effect.each([2 ** 53, -(2 ** 53), 1e300, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "is not written as anything else when it is %d, which is no safe integer",
    (value) =>
      Effect.gen(function* () {
        const { sql, withoutTenant } = yield* TenantDatabase
        const exit = yield* Effect.exit(
          withoutTenant(sql`SELECT value FROM ${batch("row", { value: bigints([1, value]) })}`)
        )
        assert.strictEqual(rejectedDataOf(exit)?.sqlState, "22000")
        assert.deepStrictEqual(yield* withoutTenant(sql`SELECT 1::bigint AS one`), [{ one: 1 }])
      })
  )

  it.effect.each(["9007199254740992", "-9007199254740992", "9223372036854775807", "-9223372036854775808"])(
    "is not read as a number that is only near when it is %s",
    (value) =>
      Effect.gen(function* () {
        const { sql, withoutTenant } = yield* TenantDatabase
        const alone = yield* Effect.exit(withoutTenant(sql`SELECT ${value}::text::bigint AS value`))
        assert.strictEqual(rejectedDataOf(alone)?.sqlState, "22000")
        const inArray = yield* Effect.exit(withoutTenant(sql`SELECT array[1, ${value}::text::bigint] AS list`))
        assert.strictEqual(rejectedDataOf(inArray)?.sqlState, "22000")
        assert.deepStrictEqual(yield* withoutTenant(sql`SELECT 1::bigint AS one`), [{ one: 1 }])
      })
  )

  it.effect("leaves int4 as it is: what does not fit is refused data, not a mistake in the statement", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      for (const value of [2 ** 31, -(2 ** 31) - 1, 1.5]) {
        const exit = yield* Effect.exit(withoutTenant(sql`SELECT * FROM ${batch("row", { value: ints([value]) })}`))
        assert.strictEqual(rejectedDataOf(exit)?.sqlState, "22000", String(value))
        assert.isFalse(Exit.isFailure(exit) && Cause.hasFails(exit.cause))
      }
    })
  )
})

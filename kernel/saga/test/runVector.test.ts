import { assert, describe, it, layer } from "@effect/vitest"
import { batch, DatabaseUnavailable, ints, TenantDatabase, uuids } from "@valerix/database"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Effect, Exit, Fiber } from "effect"
import { done, type Outcome, rejected, runVector, unavailable } from "../src/index.ts"
import { makeOrganization, makeTrip } from "./Trips.ts"

const Database = testDatabase("saga_test", new URL("./migrations/", import.meta.url))

interface BookSeats {
  readonly trip: ReturnType<typeof makeTrip>
  readonly seats: number
}

/** A participant's work: one statement for the whole vector. */
const bookSeats = Effect.fnUntraced(function* (commands: ReadonlyArray<BookSeats>) {
  const { sql, transaction } = yield* TenantDatabase
  yield* transaction(commands.map(({ trip }) => trip.organizationId))(sql`
    INSERT INTO bookings (organization_id, trip_id, seats)
    SELECT organization_id, trip_id, seats FROM ${batch("booking", {
      organization_id: uuids(commands.map(({ trip }) => trip.organizationId)),
      trip_id: uuids(commands.map(({ trip }) => trip.sagaId)),
      seats: ints(commands.map(({ seats }) => seats))
    })} ON CONFLICT DO NOTHING`).pipe(Effect.orDie)
  return commands.map(() => done)
})

const refused = rejected("invalid_data", "The data of this command were refused.")

layer(Database, { excludeTestServices: true })("a vector on the database", (it) => {
  it.effect.each([
    { culprit: "breaks a rule of the table", seats: 0 },
    { culprit: "fits no type", seats: 2 ** 31 }
  ])("isolates the one command that $culprit, and does all others", ({ seats }) =>
    Effect.gen(function* () {
      const database = yield* TenantDatabase
      const { sql } = yield* OwnerDatabase
      for (const poisoned of [0, 6, 15]) {
        const organization = makeOrganization()
        const commands = Array.from({ length: 16 }, (_, index) => ({
          trip: makeTrip(organization),
          seats: index === poisoned ? seats : index + 1
        }))
        let parts = 0
        const outcomes = yield* runVector(commands, (part) => {
          parts += 1
          return Effect.provideService(bookSeats(part), TenantDatabase, database)
        })
        assert.deepStrictEqual(
          outcomes,
          commands.map((_, index) => (index === poisoned ? refused : done))
        )
        assert.strictEqual(parts, 1 + 2 * 4)
        const booked = yield* sql<{ seats: number }>`
          SELECT seats FROM bookings WHERE organization_id = ${organization}::uuid ORDER BY seats`
        assert.deepStrictEqual(
          booked.map((row) => row.seats),
          commands.map((command) => command.seats).filter((_, index) => index !== poisoned)
        )
      }
    })
  )

  it.effect("isolates several culprits, wherever they are", () =>
    Effect.gen(function* () {
      const database = yield* TenantDatabase
      const commands = Array.from({ length: 16 }, (_, index) => ({ trip: makeTrip(), seats: index % 5 === 0 ? -1 : 1 }))
      const outcomes = yield* runVector(commands, (part) =>
        Effect.provideService(bookSeats(part), TenantDatabase, database)
      )
      assert.deepStrictEqual(
        outcomes,
        commands.map(({ seats }) => (seats < 0 ? refused : done))
      )
    })
  )

  it.effect("is unavailable as a whole, and not split, when a lock does not come", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      let parts = 0
      const outcomes = yield* runVector(["first", "second"], () => {
        parts += 1
        return Effect.orDie(withoutTenant(sql`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$`)).pipe(
          Effect.as([])
        )
      })
      assert.deepStrictEqual(
        outcomes.map((outcome) => outcome._tag),
        ["Unavailable", "Unavailable"]
      )
      assert.strictEqual(parts, 1)
    })
  )
})

describe("a vector", () => {
  const away = Effect.die(new DatabaseUnavailable({ reason: "ConnectionError 57P01", cause: undefined }))

  it.effect("is unavailable for every command, with the reason, when the database is away", () =>
    Effect.gen(function* () {
      const outcomes = yield* runVector(["first", "second"], () => away)
      assert.deepStrictEqual(outcomes, [unavailable("ConnectionError 57P01"), unavailable("ConnectionError 57P01")])
    })
  )

  it.effect.each([
    ["in its work", () => Effect.die("a bug")],
    ["before its work", () => assert.fail("a bug")]
  ] as const)("is unavailable for every command, and tells nobody why, when there is a bug %s", ([, work]) =>
    Effect.gen(function* () {
      const outcomes = yield* runVector(["first", "second"], work)
      assert.deepStrictEqual(outcomes, [unavailable("unexpected error"), unavailable("unexpected error")])
    })
  )

  it.effect("gives each command its own outcome, in their order", () =>
    Effect.gen(function* () {
      const outcomes = yield* runVector(["done", "refused"], (commands) =>
        Effect.succeed(commands.map((command) => (command === "done" ? done : refused)))
      )
      assert.deepStrictEqual(outcomes, [done, refused])
    })
  )

  it.effect("gives exactly one outcome per command, whatever its work gives", () =>
    Effect.gen(function* () {
      const giving = (outcomes: ReadonlyArray<Outcome>) =>
        runVector(["first", "second"], () => Effect.succeed(outcomes))
      const nobodys = unavailable("outcomes that belong to nobody")
      for (const outcomes of [[], [done], [done, refused, done]]) {
        assert.deepStrictEqual(yield* giving(outcomes), [nobodys, nobodys])
      }
    })
  )

  it.effect("asks nobody when it is empty", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* runVector([], () => Effect.die("asked")), [])
    })
  )

  it.effect("can be interrupted", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(runVector(["first"], () => Effect.never))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
    })
  )
})

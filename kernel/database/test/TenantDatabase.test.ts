import { assert, layer } from "@effect/vitest"
import { OrganizationId, uuidV7 } from "@valerix/money-and-ids"
import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Cause, Effect, Exit, Fiber, Latch } from "effect"
import { SqlError } from "effect/sql"
import { TestClock } from "effect/testing"
import { databaseUnavailableIn, TenantDatabase } from "../src/index.ts"

const Database = testDatabase("database_test", new URL("./tables/", import.meta.url))

const makeOrganization = () => OrganizationId.make(uuidV7())

/** Leaves one note in each of these organizations, as the owner. */
const leaveNotes = Effect.fnUntraced(function* (...organizations: ReadonlyArray<OrganizationId>) {
  const { sql } = yield* OwnerDatabase
  for (const organization of organizations) {
    yield* sql`INSERT INTO notes (organization_id, note_id) VALUES (${organization}::uuid, 1)`
  }
})

const organizationsSeen = Effect.fnUntraced(function* (organizations: ReadonlyArray<OrganizationId>) {
  const { sql, transaction } = yield* TenantDatabase
  const rows = yield* transaction(organizations)(
    sql<{ organization_id: string }>`SELECT organization_id FROM notes ORDER BY organization_id`
  )
  return rows.map((row) => row.organization_id)
})

const isRefusedByPolicy = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) &&
  exit.cause.reasons.some(
    (reason) =>
      Cause.isDieReason(reason) &&
      SqlError.isSqlError(reason.defect) &&
      reason.defect.reason._tag === "AuthorizationError"
  )

layer(Database, { excludeTestServices: true })("a service's database", (it) => {
  it.effect("shows a transaction the rows of the organizations that it names, and no others", () =>
    Effect.gen(function* () {
      const [mine, partner, stranger] = [makeOrganization(), makeOrganization(), makeOrganization()]
      yield* leaveNotes(mine, partner, stranger)
      assert.deepStrictEqual(yield* organizationsSeen([mine]), [mine])
      assert.deepStrictEqual(yield* organizationsSeen([mine, partner, mine]), [mine, partner])
      assert.deepStrictEqual(yield* organizationsSeen([makeOrganization()]), [])
    })
  )

  it.effect("shows no row to a transaction without organization, nor to a statement outside of any", () =>
    Effect.gen(function* () {
      const { sql, withoutTenant } = yield* TenantDatabase
      yield* leaveNotes(makeOrganization())
      assert.deepStrictEqual(yield* withoutTenant(sql`SELECT * FROM notes`), [])
      assert.deepStrictEqual(yield* organizationsSeen([]), [])
      assert.deepStrictEqual(yield* sql`SELECT * FROM notes`, [])
      assert.notDeepEqual(yield* withoutTenant(sql`SELECT * FROM turns`), [])
    })
  )

  it.effect("forgets a transaction's organizations at its end, however it ends", () =>
    Effect.gen(function* () {
      const { sql, transaction, withoutTenant } = yield* TenantDatabase
      const organization = makeOrganization()
      yield* leaveNotes(organization)
      yield* transaction([organization])(sql`SELECT 1`)
      yield* Effect.exit(transaction([organization])(Effect.fail("changed my mind")))
      // More than there are connections, so that each one is looked at.
      const seen = yield* Effect.all(
        Array.from({ length: 16 }, () => withoutTenant(sql`SELECT note_id, pg_sleep(0.02)::text FROM notes`)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(seen.flat(), [])
    })
  )

  it.effect("lets no transaction insert, move or remove rows of an organization that it does not name", () =>
    Effect.gen(function* () {
      const { sql, transaction, withoutTenant } = yield* TenantDatabase
      const [mine, stranger] = [makeOrganization(), makeOrganization()]
      yield* leaveNotes(mine, stranger)
      const asMine = transaction([mine])
      const insert = sql`INSERT INTO notes (organization_id, note_id) VALUES (${stranger}::uuid, 2)`
      assert.isTrue(isRefusedByPolicy(yield* Effect.exit(asMine(insert))))
      assert.isTrue(isRefusedByPolicy(yield* Effect.exit(withoutTenant(insert))))
      const giveAway = sql`UPDATE notes SET organization_id = ${stranger}::uuid, note_id = 3`
      assert.isTrue(isRefusedByPolicy(yield* Effect.exit(asMine(giveAway))))
      yield* asMine(sql`DELETE FROM notes`)
      assert.deepStrictEqual(yield* organizationsSeen([mine, stranger]), [stranger])
    })
  )

  it.effect("keeps nothing of a transaction that fails, and passes its failure on", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const organization = makeOrganization()
      const failing = transaction([organization])(
        sql`INSERT INTO notes (organization_id, note_id) VALUES (${organization}::uuid, 1)`.pipe(
          Effect.andThen(Effect.fail("out of stock" as const))
        )
      )
      assert.strictEqual(yield* Effect.flip(failing), "out of stock")
      assert.deepStrictEqual(yield* organizationsSeen([organization]), [])
    })
  )

  it.effect("gives a transaction up after ten seconds, keeps nothing of it, and can use its connection again", () =>
    Effect.gen(function* () {
      const { sql, transaction } = yield* TenantDatabase
      const organization = makeOrganization()
      const begun = yield* Latch.make(false)
      const hanging = transaction([organization])(
        sql`INSERT INTO notes (organization_id, note_id) VALUES (${organization}::uuid, 1)`.pipe(
          Effect.andThen(begun.open),
          Effect.andThen(Effect.never)
        )
      )
      const exit = yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.exit(hanging))
        yield* begun.await
        yield* TestClock.adjust(9_999)
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust(1)
        return yield* Fiber.join(fiber)
      }).pipe(Effect.provide(TestClock.layer()))
      assert.isTrue(Exit.isFailure(exit) && databaseUnavailableIn(exit.cause) !== undefined)
      const seen = yield* Effect.all(
        Array.from({ length: 8 }, () => organizationsSeen([organization])),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(seen.flat(), [])
    })
  )
})

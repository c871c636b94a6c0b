import { assert } from "@effect/vitest"
import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Option } from "effect"
import { LedgerRepairsPostgres } from "../../../src/adapters/postgres/LedgerRepairsPostgres.ts"
import { orderAuthorized } from "../../../src/application/OrderEvents.ts"
import { LedgerRepairs } from "../../../src/application/ports/LedgerRepairs.ts"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { SagaOperations } from "../../../src/application/ports/SagaOperations.ts"
import { versionOf } from "../../../src/domain/Execution.ts"
import { keptParkedBy, recalledBy } from "../../../src/domain/Intervention.ts"
import { claimOne, parkedFor, record } from "../../contract/SagaBench.ts"
import { promises } from "../../support/Bench.ts"
import { accepted, begun } from "../../support/Orders.ts"

const TWO = { concurrency: 2 } as const

const count = (table: string, orderId: OrderId) =>
  Effect.flatMap(OwnerDatabase, ({ sql }) =>
    Effect.map(
      sql<{ count: number }>`SELECT count(*)::int AS count FROM ${sql(table)} WHERE order_id = ${orderId}::uuid`,
      ([row]) => row?.count
    )
  )

const become = (orderId: OrderId, status: string) =>
  Effect.flatMap(
    OwnerDatabase,
    ({ sql }) => sql`UPDATE order_ledger SET status = ${status} WHERE order_id = ${orderId}::uuid`
  )

const see = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
  const operations = yield* SagaOperations
  return Option.getOrThrow(yield* operations.find(organizationId, orderId))
})

const lastEntry = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
  const ledger = yield* OrderLedger
  const entry = (yield* ledger.timeline(organizationId, orderId)).at(-1)
  return [entry?.outcome, entry?.principal, entry?.detail]
})

promises("what is repaired in the ledger", (promise) => {
  promise("leaves an order in the queue that is under way, and takes one out that has ended, once", () =>
    Effect.gen(function* () {
      const repairs = yield* LedgerRepairs
      const { orderId, organizationId } = yield* accepted()
      assert.isFalse(yield* repairs.dequeue(organizationId, orderId))
      assert.strictEqual(yield* count("saga_queue", orderId), 1)
      yield* become(orderId, "COMPLETED")
      const twice = yield* Effect.all(
        [1, 2].map(() => repairs.dequeue(organizationId, orderId)),
        TWO
      )
      assert.sameMembers(twice, [true, false])
      assert.strictEqual(yield* count("saga_queue", orderId), 0)
    }).pipe(Effect.provide(LedgerRepairsPostgres))
  )

  promise("leaves a lease whose authorization is awaited, and takes one away that was concluded, once", () =>
    Effect.gen(function* () {
      const repairs = yield* LedgerRepairs
      const { authorization, orderId } = yield* begun()
      const { organizationId } = authorization
      assert.isFalse(yield* repairs.forgetLease(organizationId, orderId))
      assert.strictEqual(yield* count("edge_leases", orderId), 1)
      const { sql } = yield* OwnerDatabase
      yield* sql`
        UPDATE order_ledger SET status = 'AUTHORIZED', payment_authorization_id = 'auth' WHERE order_id = ${orderId}::uuid`
      const twice = yield* Effect.all(
        [1, 2].map(() => repairs.forgetLease(organizationId, orderId)),
        TWO
      )
      assert.sameMembers(twice, [true, false])
      assert.strictEqual(yield* count("edge_leases", orderId), 0)
    }).pipe(Effect.provide(LedgerRepairsPostgres))
  )

  promise("writes an event that is missing once, and none of an order that has moved", () =>
    Effect.gen(function* () {
      const repairs = yield* LedgerRepairs
      const ledger = yield* OrderLedger
      const { sql } = yield* OwnerDatabase
      const { orderId, organizationId } = yield* accepted()
      const entry = Option.getOrThrow(yield* ledger.find(organizationId, orderId))
      const events = [orderAuthorized({ ...entry, authorizationId: "auth" }, entry)]
      const told = Effect.map(
        sql<{ payload: unknown }>`SELECT payload FROM outbox WHERE aggregate_id = ${orderId}::uuid`,
        (rows) => rows.length
      )
      const append = (status: string) => repairs.appendMissing(organizationId, orderId, status, events)
      assert.isFalse(yield* append("AUTHORIZED"))
      yield* sql`DELETE FROM outbox WHERE aggregate_id = ${orderId}::uuid`
      assert.isFalse(yield* append("COMPLETED"))
      assert.strictEqual(yield* told, 0)
      assert.sameMembers(yield* Effect.all([append("AUTHORIZED"), append("AUTHORIZED")], TWO), [true, false])
      assert.strictEqual(yield* told, 1)
    }).pipe(Effect.provide(LedgerRepairsPostgres))
  )

  promise("changes an execution only as it was seen, and takes it out of its worker's hands", () =>
    Effect.gen(function* () {
      const repairs = yield* LedgerRepairs
      const { orderId, organizationId } = yield* accepted()
      const version = versionOf(yield* see(organizationId, orderId))
      const saga = yield* claimOne(orderId)
      const recall = (seen: string) =>
        repairs.intervene(organizationId, { orderId, version: seen }, (one) => recalledBy(one, "cli:ada", "It hangs"))
      assert.isFalse(yield* recall(version))
      assert.isTrue(yield* recall(versionOf(yield* see(organizationId, orderId))))
      assert.strictEqual((yield* record(saga, parkedFor("late")))._tag, "Lost")
      const after = yield* see(organizationId, orderId)
      assert.deepStrictEqual([after.state, after.epoch], ["DUE", saga.epoch + 1])
      assert.deepStrictEqual(yield* lastEntry(organizationId, orderId), ["MOVED_ON", "cli:ada", "It hangs"])
    }).pipe(Effect.provide(LedgerRepairsPostgres))
  )

  promise("gives a parked execution the reason that it has lost, and leaves it parked", () =>
    Effect.gen(function* () {
      const repairs = yield* LedgerRepairs
      const { sql } = yield* OwnerDatabase
      const { orderId, organizationId } = yield* accepted()
      yield* record(yield* claimOne(orderId), parkedFor("by hand"))
      yield* sql`UPDATE order_ledger SET park_reason = NULL WHERE order_id = ${orderId}::uuid`
      const seen = { orderId, version: versionOf(yield* see(organizationId, orderId)) }
      const keep = (reason: string) =>
        repairs.intervene(organizationId, seen, (one) => keptParkedBy(one, "ada", reason))
      assert.isTrue(yield* keep("Ticket 4711"))
      assert.isFalse(yield* keep("Ticket 4712"))
      const { parkReason, state } = yield* see(organizationId, orderId)
      assert.deepStrictEqual([state, parkReason], ["PARKED", "Ticket 4711"])
      assert.deepStrictEqual(yield* lastEntry(organizationId, orderId), ["PARKED", "ada", "Ticket 4711"])
    }).pipe(Effect.provide(LedgerRepairsPostgres))
  )

  promise("is recorded before it is done, and what came of it after; of a lost order without a timeline", () =>
    Effect.gen(function* () {
      const repairs = yield* LedgerRepairs
      const { sql } = yield* OwnerDatabase
      const { orderId, organizationId } = yield* accepted()
      const finding = { code: "failed_with_stock", subject: orderId, message: "It holds stock." }
      const tenant = { organizationId, principal: "cli:ada" }
      const repair = { tenant, finding, what: "release the stock", reason: "Monday" }
      const row = sql<{ outcome: string | null; is_ended: boolean; finding: string; reason: string }>`
        SELECT outcome, ended_at IS NOT NULL AS is_ended, finding, reason FROM repairs WHERE subject = ${orderId}`
      const repairId = yield* repairs.begin(repair)
      const begunRepair = { outcome: null, is_ended: false, finding: "It holds stock.", reason: "Monday" }
      assert.deepStrictEqual(yield* row, [begunRepair])
      const end = { outcome: "MENDED", detail: "", note: { orderId, step: "release" } } as const
      yield* repairs.conclude(repairId, repair, end)
      assert.deepStrictEqual(yield* row, [{ ...begunRepair, outcome: "MENDED", is_ended: true }])
      const told = ["REPAIRED", "cli:ada", "failed_with_stock: release the stock. Reason: Monday"]
      assert.deepStrictEqual(yield* lastEntry(organizationId, orderId), told)
      yield* sql`DELETE FROM order_ledger WHERE order_id = ${orderId}::uuid`
      const entries = yield* count("order_timeline", orderId)
      yield* repairs.conclude(yield* repairs.begin(repair), repair, end)
      assert.strictEqual(yield* count("order_timeline", orderId), entries)
    }).pipe(Effect.provide(LedgerRepairsPostgres))
  )
})

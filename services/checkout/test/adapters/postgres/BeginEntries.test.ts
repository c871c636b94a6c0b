import { assert } from "@effect/vitest"
import { MinorUnits } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { promises } from "../../support/Bench.ts"
import { allOrders, holdLedgerRow, leasesOf, leasesRunOut, ledgerRow, sessionsWaiting } from "../../support/Books.ts"
import { abandoned, accepted, begin, begun, declined } from "../../support/Orders.ts"
import { MUG, makeOrganization, newEntry, PEN, tenantOf, withOtherBody } from "../../support/Samples.ts"

const tagsOf = (results: ReadonlyArray<{ readonly _tag: string }>) => results.map(({ _tag }) => _tag)

promises("beginning an entry", (promise) => {
  promise("writes the entry, its lines and its lease", () =>
    Effect.gen(function* () {
      const entry = newEntry()
      const [result] = yield* begin(entry)
      assert(result?._tag === "Begun")
      const { authorization, ...rest } = result
      assert.deepInclude(authorization, {
        organizationId: entry.tenant.organizationId,
        generation: 1,
        correlationId: "req-1"
      })
      assert.deepInclude(rest, { totalMinor: entry.order.totalMinor, currency: entry.order.currency })
      assert.deepInclude(yield* ledgerRow(authorization.orderId), {
        status: "AWAITING_AUTHORIZATION",
        generation: 1,
        abandoned: false,
        saga_version: 1,
        payment_authorization_id: null
      })
      assert.deepStrictEqual(yield* leasesOf(authorization.orderId), [
        { generation: 1, has_run_out: false, attempts: 0 }
      ])
      const { sql } = yield* OwnerDatabase
      const lines = yield* sql`
        SELECT line_number, product_id, sku, quantity, unit_price_minor FROM order_ledger_items
        WHERE organization_id = ${entry.tenant.organizationId} AND order_id = ${authorization.orderId} ORDER BY line_number`
      assert.deepStrictEqual(lines, [
        { line_number: 1, product_id: MUG.productId, sku: "MUG-1", quantity: 3, unit_price_minor: 1999 },
        { line_number: 2, product_id: PEN.productId, sku: "PEN-1", quantity: 1, unit_price_minor: 500 }
      ])
    })
  )

  promise("writes all of it or nothing", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const lateFailure = { ...newEntry(), correlationId: undefined }
      const [line] = lateFailure.order.lines
      assert(line !== undefined)
      // Quantity 0 is refused by the lines' table, after the entry was inserted.
      const broken = {
        ...lateFailure,
        order: { ...lateFailure.order, lines: [{ ...line, sku: "\0" }] }
      }
      const exit = yield* Effect.exit(begin(newEntry(), broken))
      assert.strictEqual(exit._tag, "Failure")
      assert.deepStrictEqual(yield* allOrders, [])
      assert.deepStrictEqual(yield* sql`SELECT * FROM order_ledger_items`, [])
      assert.deepStrictEqual(yield* sql`SELECT * FROM edge_leases`, [])
    })
  )

  promise("gives each of a batch its own result, in their order", () =>
    Effect.gen(function* () {
      const organizationId = makeOrganization()
      const [fresh, running, done, taken] = [1, 2, 3, 4].map(() => newEntry({ tenant: tenantOf(organizationId) }))
      assert(fresh !== undefined && running !== undefined && done !== undefined && taken !== undefined)
      const first = yield* begun(running)
      const second = yield* accepted(done)
      yield* begun(taken)
      const results = yield* begin(withOtherBody(taken), done, fresh, running)
      assert.deepStrictEqual(tagsOf(results), ["KeyReused", "Known", "Begun", "InProgress"])
      assert.deepInclude(results[1], { orderId: second.orderId })
      assert.deepInclude(results[3], { orderId: first.orderId })
    })
  )

  promise("knows the same request again once it is accepted or declined", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const order = yield* accepted()
      assert.deepStrictEqual(yield* begin(order.entry), [{ _tag: "Known", orderId: order.orderId }])
      const other = yield* begun()
      yield* ledger.conclude([declined(other.authorization)])
      assert.deepStrictEqual(yield* begin(other.entry), [{ _tag: "Known", orderId: other.orderId }])
    })
  )

  promise("is in progress while an edge holds the lease", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* begun()
      assert.deepStrictEqual(yield* begin(entry), [{ _tag: "InProgress", orderId }])
      assert.strictEqual((yield* ledgerRow(orderId)).generation, 1)
    })
  )

  promise("refuses another request under the same key, whatever became of the first", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, entry } = yield* begun()
      const other = withOtherBody(entry)
      assert.deepStrictEqual(tagsOf(yield* begin(other)), ["KeyReused"])
      yield* ledger.conclude([abandoned(authorization)])
      assert.deepStrictEqual(tagsOf(yield* begin(other)), ["KeyReused"])
      const done = yield* accepted()
      assert.deepStrictEqual(tagsOf(yield* begin(withOtherBody(done.entry))), ["KeyReused"])
    })
  )

  promise("tells two requests under one key apart, when they come in one batch with the order's own", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* accepted()
      const results = yield* begin(withOtherBody(entry), entry)
      assert.deepStrictEqual(tagsOf(results), ["KeyReused", "Known"])
      const fresh = newEntry()
      const both = yield* begin(fresh, withOtherBody(fresh))
      assert.deepStrictEqual(tagsOf(both), ["Begun", "KeyReused"])
      assert.strictEqual((yield* allOrders).length, 2)
      assert.include(yield* allOrders, orderId)
    })
  )

  promise("takes the same key of another principal or another organization for another order", () =>
    Effect.gen(function* () {
      const [here, there] = [makeOrganization(), makeOrganization()]
      const entry = newEntry({ tenant: tenantOf(here, "alice") })
      const entries = [
        entry,
        { ...entry, tenant: tenantOf(here, "bob") },
        { ...entry, tenant: tenantOf(there, "alice") }
      ]
      assert.deepStrictEqual(tagsOf(yield* begin(...entries)), ["Begun", "Begun", "Begun"])
      assert.strictEqual((yield* allOrders).length, 3)
      assert.deepStrictEqual(tagsOf(yield* begin(...entries)), ["InProgress", "InProgress", "InProgress"])
    })
  )

  promise("takes an abandoned entry up again, as its next generation", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, entry, orderId } = yield* begun()
      yield* ledger.conclude([abandoned(authorization)])
      const again = yield* begun({ ...entry, correlationId: "req-2" })
      assert.deepStrictEqual(again.authorization, { ...authorization, generation: 2 })
      assert.deepInclude(yield* ledgerRow(orderId), { generation: 2, abandoned: false })
      assert.deepStrictEqual(yield* leasesOf(orderId), [
        { generation: 1, has_run_out: true, attempts: 0 },
        { generation: 2, has_run_out: false, attempts: 0 }
      ])
    })
  )

  promise("takes an entry up again whose lease ran out before anybody abandoned it", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* begun()
      yield* leasesRunOut
      assert.strictEqual((yield* begun(entry)).authorization.generation, 2)
      assert.strictEqual((yield* ledgerRow(orderId)).generation, 2)
    })
  )

  promise("keeps the prices that the order was begun with when it is taken up again", () =>
    Effect.gen(function* () {
      const { entry } = yield* begun()
      yield* leasesRunOut
      const dearer = {
        ...entry,
        order: {
          ...entry.order,
          totalMinor: MinorUnits.make(9_999_999),
          lines: entry.order.lines.map((line) => ({ ...line, unitPriceMinor: MinorUnits.make(3_333_333) }))
        }
      }
      const [again] = yield* begin(dearer)
      assert(again?._tag === "Begun")
      assert.deepInclude(again, { totalMinor: entry.order.totalMinor, currency: entry.order.currency })
      assert.deepStrictEqual(again.lines, entry.order.lines)
    })
  )

  promise("gives an abandoned entry to exactly one of several retries that come at once", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const retries = yield* Effect.forEach([1, 2, 3], () => Effect.forkScoped(begin(entry)))
      yield* sessionsWaiting(3)
      yield* held.release
      const results = yield* Effect.forEach(retries, Fiber.join)
      assert.deepStrictEqual(tagsOf(results.flat()).toSorted(), ["Begun", "InProgress", "InProgress"])
      assert.strictEqual((yield* ledgerRow(orderId)).generation, 2)
    })
  )

  promise("makes one entry of equal requests that come at once to different edges", () =>
    Effect.gen(function* () {
      const entry = newEntry()
      const results = yield* Effect.all(
        Array.from({ length: 6 }, () => begin(entry)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(tagsOf(results.flat()).toSorted(), ["Begun", ...Array(5).fill("InProgress")])
      assert.strictEqual((yield* allOrders).length, 1)
    })
  )

  promise("never waits for an order that is being executed to answer its replay", () =>
    Effect.gen(function* () {
      const { entry, orderId } = yield* accepted()
      const held = yield* holdLedgerRow(orderId)
      assert.deepStrictEqual(yield* begin(entry), [{ _tag: "Known", orderId }])
      yield* held.release
    })
  )
})

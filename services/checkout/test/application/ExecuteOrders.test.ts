import { assert } from "@effect/vitest"
import { TenantDatabase } from "@valerix/database"
import { MinorUnits, makeProductId, type OrderId, Quantity } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Exit, Layer, Schema, Scope } from "effect"
import { UnknownSagaVersion } from "../../src/application/ExecuteOrders.ts"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { SagaWakeUp } from "../../src/application/ports/SagaWakeUp.ts"
import { promises } from "../support/Bench.ts"
import { eventsOf, leasesRunOut, ledgerRow, queueRow, retriesAreDue, timelineOf } from "../support/Books.ts"
import { ended, orchestrator, placed } from "../support/Orchestrator.ts"
import { authorized, begun } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import { MUG, newEntry, PEN, SAMPLE_TOTAL_MINOR, sampleRequest } from "../support/Samples.ts"
import { after, before, Gate } from "../support/Script.ts"
import { UNCAPTURABLE_TOKEN } from "../support/ScriptedPayments.ts"
import { until } from "../support/Until.ts"

/** Longer than any test. */
const NEVER_MS = 600_000

const decodePayloads = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ payload: Schema.Unknown })))

const payloadOf = Effect.fnUntraced(function* (orderId: OrderId, eventType: string) {
  const { sql } = yield* OwnerDatabase
  const rows = yield* decodePayloads(
    yield* sql`SELECT payload FROM outbox WHERE aggregate_id = ${orderId} AND event_type = ${eventType}`
  )
  assert.strictEqual(rows.length, 1)
  return rows[0]?.payload
})

promises("the orchestrator", (promise) => {
  promise("executes an order: created, reserved, captured, confirmed", () =>
    Effect.gen(function* () {
      const { inventory, orders, payments } = yield* Participants
      const { orderId } = yield* placed()
      yield* orchestrator()
      assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
      assert.strictEqual(orders.statusOf(orderId), "CONFIRMED")
      const request = sampleRequest()
      assert.deepInclude(orders.orders.get(orderId)?.command, {
        customerId: request.customerId,
        totalMinor: SAMPLE_TOTAL_MINOR,
        lines: [MUG, PEN],
        adjustments: [{ kind: "SHIPPING", amountMinor: MinorUnits.make(495), description: "Parcel" }],
        shippingAddress: request.shippingAddress,
        externalReference: "web-42",
        correlationId: "req-1"
      })
      assert.deepStrictEqual(inventory.reservedBy(orderId), { [MUG.productId]: 3, [PEN.productId]: 1 })
      assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
      assert.isUndefined(yield* queueRow(orderId))
      assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized", "order.completed"])
      assert.deepStrictEqual(yield* payloadOf(orderId, "order.completed"), {
        order_id: orderId,
        user_id: request.customerId,
        total_amount: { amount: "69.92", currency: "EUR" }
      })
      assert.deepStrictEqual(yield* timelineOf(orderId), [
        "authorize 1 DONE",
        "create 1 DONE",
        "reserve 1 DONE",
        "capture 1 DONE",
        "confirm 1 DONE"
      ])
    })
  )

  promise("executes many orders of many lines, of several organizations, together", () =>
    Effect.gen(function* () {
      const { inventory, orders, payments } = yield* Participants
      const lines = [
        ...Array.from({ length: 30 }, (_, index) => ({
          productId: makeProductId(),
          sku: `SKU-${index}`,
          quantity: Quantity.make(index + 1),
          unitPriceMinor: MinorUnits.make(100)
        })),
        { ...PEN, quantity: Quantity.make(2) },
        { ...PEN, quantity: Quantity.make(5) }
      ]
      const entries = Array.from({ length: 20 }, () => {
        const entry = newEntry()
        return { ...entry, order: { ...entry.order, lines } }
      })
      const many = yield* Effect.forEach(entries, placed)
      yield* orchestrator({ concurrentBatches: 1 })
      for (const { orderId } of many) {
        assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
        assert.deepStrictEqual(orders.orders.get(orderId)?.command.lines, lines)
        assert.strictEqual(inventory.reservedBy(orderId)[PEN.productId], 7)
        assert.strictEqual(inventory.reservedBy(orderId)[lines[29]?.productId ?? ""], 30)
        assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
      }
      assert.deepStrictEqual(
        inventory.script.callsOf("reserve").map((calls) => calls.length),
        [20]
      )
    })
  )

  promise("turns an order back that has no stock, and lets its neighbours through", () =>
    Effect.gen(function* () {
      const { inventory, orders, payments } = yield* Participants
      const soldOut = { ...MUG, productId: makeProductId() }
      inventory.available.set(soldOut.productId, 2)
      const entry = newEntry()
      const failing = yield* placed({ ...entry, order: { ...entry.order, lines: [PEN, soldOut] } })
      const good = yield* placed()
      yield* orchestrator()
      assert.deepInclude(yield* ended(failing.orderId), { status: "FAILED", failure_code: "insufficient_stock" })
      assert.strictEqual((yield* ended(good.orderId)).status, "COMPLETED")
      assert.strictEqual(orders.statusOf(failing.orderId), "CANCELLED")
      assert.deepStrictEqual(inventory.reservedBy(failing.orderId), {})
      assert.strictEqual(inventory.available.get(soldOut.productId), 2)
      assert.deepStrictEqual(payments.statesOf(failing.orderId), ["VOIDED"])
      assert.deepStrictEqual(yield* eventsOf(failing.orderId), ["order.authorized", "order.failed"])
      assert.deepInclude(yield* payloadOf(failing.orderId, "order.failed"), {
        reason: "insufficient_stock",
        step: "reserve"
      })
      assert.deepStrictEqual((yield* timelineOf(failing.orderId)).slice(1), [
        "create 1 DONE",
        "reserve 1 REJECTED",
        "settle 1 DONE",
        "release 1 DONE",
        "cancel 1 DONE"
      ])
    })
  )

  promise("turns an order back whose money cannot be captured", () =>
    Effect.gen(function* () {
      const { inventory, orders, payments } = yield* Participants
      const { orderId } = yield* placed(
        newEntry({ request: { payment: { method: "card", token: UNCAPTURABLE_TOKEN } } })
      )
      yield* orchestrator()
      assert.deepInclude(yield* ended(orderId), { status: "FAILED", failure_code: "capture_rejected" })
      assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED"])
      assert.deepStrictEqual(inventory.reservedBy(orderId), {})
      assert.strictEqual(orders.statusOf(orderId), "CANCELLED")
    })
  )

  promise("captures the authorization that the order was accepted on, not one that came before", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const entry = newEntry()
      const first = yield* begun(entry)
      const { request, totalMinor: amountMinor, currency } = entry.order
      yield* payments.commands.authorize([
        { ...first.authorization, epoch: 0, customerId: request.customerId, amountMinor, currency, ...request.payment }
      ])
      yield* leasesRunOut
      const { orderId } = yield* placed(entry)
      yield* orchestrator()
      yield* ended(orderId)
      assert.deepStrictEqual(payments.statesOf(orderId), ["AUTHORIZED", "CAPTURED"])
    })
  )

  promise("tries a step again that got no answer, and shows it meanwhile", () =>
    Effect.gen(function* () {
      const { inventory, payments } = yield* Participants
      inventory.script.plan("reserve", after("unavailable"))
      const { orderId } = yield* placed()
      yield* orchestrator()
      const waiting = yield* until("it waits", ledgerRow(orderId), (row) => row.retry_count === 1)
      assert.strictEqual(waiting.status, "ORDER_CREATED")
      assert.isFalse((yield* queueRow(orderId))?.is_due)
      yield* retriesAreDue
      assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
      assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
      assert.deepStrictEqual((yield* timelineOf(orderId)).slice(1), [
        "create 1 DONE",
        "reserve 1 UNAVAILABLE",
        "reserve 2 DONE",
        "capture 1 DONE",
        "confirm 1 DONE"
      ])
    })
  )

  promise("turns an order back after five attempts without an answer", () =>
    Effect.gen(function* () {
      const { inventory, payments } = yield* Participants
      inventory.script.always("reserve", after("unavailable"))
      const { orderId } = yield* placed()
      yield* orchestrator()
      for (const attempts of [1, 2, 3, 4]) {
        yield* until(`attempt ${attempts} is over`, ledgerRow(orderId), (row) => row.retry_count === attempts)
        yield* retriesAreDue
      }
      assert.deepInclude(yield* ended(orderId), { status: "FAILED", failure_code: "retries_exhausted" })
      assert.strictEqual(inventory.script.callsOf("reserve").length, 5)
      assert.deepStrictEqual(inventory.reservedBy(orderId), {})
      assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED"])
    })
  )

  promise("goes forward after the capture, however often confirming fails", () =>
    Effect.gen(function* () {
      const { orders, payments } = yield* Participants
      orders.script.always("confirm", before("unavailable"))
      const { orderId } = yield* placed()
      yield* orchestrator()
      for (const attempts of [1, 2, 3, 4, 5, 6, 7]) {
        yield* until(`attempt ${attempts} is over`, ledgerRow(orderId), (row) => row.retry_count === attempts)
        yield* retriesAreDue
      }
      orders.script.always("confirm")
      yield* until("it goes on", Effect.andThen(retriesAreDue, ledgerRow(orderId)), (row) => row.status === "COMPLETED")
      assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
      assert.strictEqual(orders.statusOf(orderId), "CONFIRMED")
    })
  )

  promise("lets nothing happen by a command that comes late, from a worker that was presumed dead", () =>
    Effect.gen(function* () {
      const { inventory, payments } = yield* Participants
      const gate = new Gate()
      inventory.script.plan("reserve", before(gate))
      inventory.script.plan("reserve", before("unavailable"))
      const { orderId, organizationId } = yield* placed()
      const presumedDead = yield* Scope.make()
      yield* Scope.provide(orchestrator({ concurrentBatches: 1 }), presumedDead)
      yield* gate.reached
      yield* retriesAreDue
      yield* orchestrator()
      yield* until("another worker has it", ledgerRow(orderId), (row) => row.retry_count === 1)
      const ledger = yield* OrderLedger
      yield* ledger.requestCancel(organizationId, orderId)
      yield* retriesAreDue
      assert.deepInclude(yield* ended(orderId), { status: "FAILED", failure_code: "cancelled_on_request" })
      yield* gate.open
      // It stops when the batch that it is at has ended.
      yield* Scope.close(presumedDead, Exit.void)
      assert.deepStrictEqual(inventory.reservedBy(orderId), {})
      assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED"])
      assert.strictEqual((yield* ledgerRow(orderId)).status, "FAILED")
    })
  )

  promise("takes no more order lines at a time than fit into memory", () =>
    Effect.gen(function* () {
      const { orders } = yield* Participants
      const { sql } = yield* OwnerDatabase
      const placedOrders = yield* Effect.forEach(Array(6), () => placed())
      // Every order has two lines.
      assert.deepStrictEqual(yield* sql`SELECT weight, count(*)::int AS orders FROM saga_queue GROUP BY weight`, [
        { weight: 2, orders: 6 }
      ])
      yield* orchestrator({ linesMax: 4, concurrentBatches: 1 })
      for (const { orderId } of placedOrders) assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
      const batches = orders.script.callsOf("create")
      assert.isTrue(batches.every((commands) => commands.length <= 2))
      assert.strictEqual(batches.flat().length, 6)
    })
  )

  promise("captures once, whatever the number of orchestrators", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const many = yield* Effect.forEach(Array(60), () => placed())
      yield* Effect.forEach([1, 2, 3], () => orchestrator({ batchMax: 7 }), { concurrency: "unbounded" })
      for (const { orderId } of many) {
        assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
        assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized", "order.completed"])
      }
      assert.strictEqual(payments.script.callsOf("capture").flat().length, 60)
    })
  )

  promise("does not start on a ledger with unfinished orders of a version that it does not know", () =>
    Effect.gen(function* () {
      const { orders } = yield* Participants
      const { sql } = yield* OwnerDatabase
      const [known, unknown] = [yield* placed(), yield* placed()]
      yield* sql`UPDATE saga_queue SET saga_version = 2 WHERE order_id = ${unknown.orderId}`
      const error = yield* Effect.flip(orchestrator())
      assert.deepStrictEqual(error, new UnknownSagaVersion({ unknown: [2], known: 1 }))
      assert.include(error.message, "saga version 2")
      assert.deepStrictEqual(orders.script.calls, [])
      assert.strictEqual((yield* ledgerRow(known.orderId)).status, "AUTHORIZED")
    })
  )

  promise("leaves an order alone that begins in a version which it does not know, while it is running", () =>
    Effect.gen(function* () {
      const { orders } = yield* Participants
      const { sql } = yield* OwnerDatabase
      yield* orchestrator()
      const foreign = yield* begun()
      const ledger = yield* OrderLedger
      yield* sql`UPDATE order_ledger SET saga_version = 2 WHERE order_id = ${foreign.orderId}`
      yield* ledger.conclude([authorized(foreign.authorization)])
      yield* until("it has looked at it", queueRow(foreign.orderId), (row) => row !== undefined && row.epoch > 0)
      const own = yield* placed()
      assert.strictEqual((yield* ended(own.orderId)).status, "COMPLETED")
      assert.deepInclude(yield* ledgerRow(foreign.orderId), { status: "AUTHORIZED", saga_version: 2 })
      assert.isUndefined(orders.statusOf(foreign.orderId))
    })
  )

  promise("starts on a ledger whose orders of other versions have all ended", () =>
    Effect.gen(function* () {
      const { sql } = yield* OwnerDatabase
      const old = yield* placed()
      yield* sql`UPDATE order_ledger SET saga_version = 2, status = 'COMPLETED' WHERE order_id = ${old.orderId}`
      yield* sql`DELETE FROM saga_queue WHERE order_id = ${old.orderId}`
      const { orderId } = yield* placed()
      yield* orchestrator()
      assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
    })
  )

  promise("is woken when an order was accepted", () =>
    Effect.gen(function* () {
      const wakeUp = yield* SagaWakeUp
      const { sql } = yield* TenantDatabase
      yield* orchestrator({ pollIntervalMs: NEVER_MS })
      const listening = sql`
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'`
      yield* until("it listens", listening, (sessions) => sessions.length > 0)
      // The first ones may be found by the look that it takes when it starts; the last one only by being woken.
      for (const _ of [1, 2, 3]) {
        const { orderId } = yield* placed()
        yield* wakeUp.wake
        assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
      }
    })
  )

  promise("finds by its poll what no hint told it of", () =>
    Effect.gen(function* () {
      const deaf = Layer.succeed(SagaWakeUp, { wake: Effect.void, listen: () => Effect.never })
      yield* orchestrator({ pollIntervalMs: 10 }).pipe(Effect.provide(deaf))
      for (const _ of [1, 2, 3]) {
        const { orderId } = yield* placed()
        assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
      }
    })
  )

  promise("goes on with what an orchestrator left behind that stopped", () =>
    Effect.gen(function* () {
      const { inventory, payments } = yield* Participants
      const gate = new Gate()
      inventory.script.plan("reserve", after(gate))
      const { orderId } = yield* placed()
      yield* Effect.scoped(Effect.andThen(orchestrator({ stopLimitMs: 1 }), gate.reached))
      assert.strictEqual((yield* ledgerRow(orderId)).status, "ORDER_CREATED")
      yield* orchestrator()
      yield* retriesAreDue
      assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
      assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
      assert.deepStrictEqual(inventory.reservedBy(orderId), { [MUG.productId]: 3, [PEN.productId]: 1 })
    })
  )
})

import { assert } from "@effect/vitest"
import { makeOrderId, type OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Option } from "effect"
import { CancelOrder } from "../../src/application/CancelOrder.ts"
import { SagaWakeUp } from "../../src/application/ports/SagaWakeUp.ts"
import { promises } from "../support/Bench.ts"
import { eventsOf, ledgerRow, queueRow, retriesAreDue, timelineOf } from "../support/Books.ts"
import { ended, orchestrator, placed } from "../support/Orchestrator.ts"
import { Participants } from "../support/Participants.ts"
import { MUG, makeOrganization } from "../support/Samples.ts"
import { after, before, Gate } from "../support/Script.ts"
import { until } from "../support/Until.ts"

interface Order {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
}

const cancel = ({ orderId, organizationId }: Order) =>
  Effect.flatMap(CancelOrder, (cancelOrder) => cancelOrder(organizationId, orderId)).pipe(
    Effect.provide(Layer.fresh(CancelOrder.layer)),
    Effect.map(Option.getOrUndefined)
  )

/** What is left of an order in the whole of the system. */
const traces = Effect.fnUntraced(function* ({ orderId }: Order) {
  const { inventory, orders, payments } = yield* Participants
  return {
    salesOrder: orders.statusOf(orderId),
    reserved: inventory.reservedBy(orderId),
    payments: payments.statesOf(orderId)
  }
})

const cancelled = { status: "FAILED", failure_code: "cancelled_on_request" }

promises("cancelling an order for its customer", (promise) => {
  promise("turns it back before it is created, if it was asked for by then", () =>
    Effect.gen(function* () {
      const order = yield* placed()
      assert.strictEqual((yield* cancel(order))?._tag, "Requested")
      yield* orchestrator()
      assert.deepInclude(yield* ended(order.orderId), cancelled)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: undefined, reserved: {}, payments: ["VOIDED"] })
      assert.deepStrictEqual((yield* timelineOf(order.orderId)).slice(1), [
        "settle 1 DONE",
        "release 1 DONE",
        "cancel 1 DONE"
      ])
      assert.deepStrictEqual(yield* eventsOf(order.orderId), ["order.authorized", "order.failed"])
    })
  )

  promise("turns it back before it is reserved, if it was asked for by then", () =>
    Effect.gen(function* () {
      const { inventory, orders } = yield* Participants
      const gate = new Gate()
      orders.script.plan("create", after(gate))
      const order = yield* placed()
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual((yield* cancel(order))?._tag, "Requested")
      yield* gate.open
      assert.deepInclude(yield* ended(order.orderId), cancelled)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["VOIDED"] })
      assert.deepStrictEqual(inventory.script.callsOf("reserve"), [])
    })
  )

  promise("turns it back before it is captured, if it was asked for by then", () =>
    Effect.gen(function* () {
      const { inventory, payments } = yield* Participants
      const gate = new Gate()
      inventory.available.set(MUG.productId, 3)
      inventory.script.plan("reserve", after(gate))
      const order = yield* placed()
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual((yield* cancel(order))?._tag, "Requested")
      yield* gate.open
      assert.deepInclude(yield* ended(order.orderId), cancelled)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["VOIDED"] })
      assert.strictEqual(inventory.available.get(MUG.productId), 3)
      assert.deepStrictEqual(payments.script.callsOf("capture"), [])
    })
  )

  promise("goes forward after the capture and then turns it back, with a refund", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("capture", after(gate))
      const order = yield* placed()
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual((yield* cancel(order))?._tag, "Requested")
      yield* gate.open
      assert.deepInclude(yield* ended(order.orderId), cancelled)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["REFUNDED"] })
      assert.deepStrictEqual((yield* timelineOf(order.orderId)).slice(3), [
        "capture 1 DONE",
        "confirm 1 DONE",
        "settle 1 DONE",
        "release 1 DONE",
        "cancel 1 DONE"
      ])
      assert.deepStrictEqual(yield* eventsOf(order.orderId), ["order.authorized", "order.failed"])
    })
  )

  promise("turns it back when it is asked for while it is being confirmed", () =>
    Effect.gen(function* () {
      const { orders } = yield* Participants
      const gate = new Gate()
      orders.script.plan("confirm", after(gate))
      const order = yield* placed()
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual((yield* cancel(order))?._tag, "Requested")
      yield* gate.open
      assert.deepInclude(yield* ended(order.orderId), cancelled)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["REFUNDED"] })
    })
  )

  promise("turns a completed order back, with a refund", () =>
    Effect.gen(function* () {
      const order = yield* placed()
      yield* orchestrator()
      const completed = yield* ended(order.orderId)
      assert.strictEqual(completed.status, "COMPLETED")
      const asked = yield* cancel(order)
      assert(asked?._tag === "Requested")
      const failed = yield* until("it has turned back", ledgerRow(order.orderId), (row) => row.status === "FAILED")
      assert.deepInclude(failed, cancelled)
      assert.isAbove(failed.epoch, completed.epoch)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["REFUNDED"] })
      assert.isUndefined(yield* queueRow(order.orderId))
      assert.deepStrictEqual(yield* eventsOf(order.orderId), ["order.authorized", "order.completed", "order.failed"])
    })
  )

  promise("turns it back when its next step is waiting to be tried again", () =>
    Effect.gen(function* () {
      const { inventory } = yield* Participants
      inventory.script.plan("reserve", after("unavailable"))
      const order = yield* placed()
      yield* orchestrator()
      yield* until("it waits", ledgerRow(order.orderId), (row) => row.retry_count === 1)
      yield* cancel(order)
      yield* retriesAreDue
      assert.deepInclude(yield* ended(order.orderId), cancelled)
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["VOIDED"] })
      assert.strictEqual(inventory.script.callsOf("reserve").length, 1)
    })
  )

  promise("keeps to why an order turns back that does so already", () =>
    Effect.gen(function* () {
      const { inventory, payments } = yield* Participants
      const gate = new Gate()
      inventory.available.set(MUG.productId, 0)
      payments.script.plan("settle", before(gate))
      const order = yield* placed()
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual((yield* cancel(order))?._tag, "Requested")
      yield* gate.open
      assert.deepInclude(yield* ended(order.orderId), { status: "FAILED", failure_code: "insufficient_stock" })
      assert.deepStrictEqual(yield* traces(order), { salesOrder: "CANCELLED", reserved: {}, payments: ["VOIDED"] })
      assert.strictEqual((yield* cancel(order))?._tag, "TooLate")
    })
  )

  promise("is done once, however often it is asked for", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      const order = yield* placed()
      yield* orchestrator()
      yield* ended(order.orderId)
      yield* Effect.all([cancel(order), cancel(order), cancel(order)], { concurrency: "unbounded" })
      yield* until("it has turned back", ledgerRow(order.orderId), (row) => row.status === "FAILED")
      const again = yield* cancel(order)
      assert(again?._tag === "AlreadyCancelled")
      assert.strictEqual(again.entry.status, "FAILED")
      assert.strictEqual(payments.script.callsOf("settle").length, 1)
      assert.deepStrictEqual(yield* eventsOf(order.orderId), ["order.authorized", "order.completed", "order.failed"])
    })
  )

  promise("wakes the orchestrators for what has to turn back", () =>
    Effect.gen(function* () {
      let woken = 0
      const bell = Layer.succeed(SagaWakeUp, {
        wake: Effect.sync(() => {
          woken += 1
        }),
        listen: () => Effect.never
      })
      const order = yield* placed()
      yield* Effect.provide(cancel({ ...order, orderId: makeOrderId() }), bell)
      assert.strictEqual(woken, 0)
      yield* Effect.provide(cancel(order), bell)
      assert.strictEqual(woken, 1)
    })
  )

  promise("gives the order as it stands, and none that is not there", () =>
    Effect.gen(function* () {
      const order = yield* placed()
      const asked = yield* cancel(order)
      assert.instanceOf(asked?.entry.cancelRequestedAt, Date)
      assert.isUndefined(yield* cancel({ ...order, orderId: makeOrderId() }))
      assert.isUndefined(yield* cancel({ ...order, organizationId: makeOrganization() }))
    })
  )
})

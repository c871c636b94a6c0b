import { assert, layer } from "@effect/vitest"
import { cancelled, done, type Outcome } from "@valerix/saga"
import { Effect } from "effect"
import { OrdersCommands } from "../../src/contract/index.ts"
import { eventTypes, inspect, layerOrdersInDatabase, statusOf } from "../OrdersInDatabase.ts"
import { commandFor, sampleOrder } from "../SampleOrders.ts"

const code = (outcome: Outcome | undefined) => (outcome?._tag === "Rejected" ? outcome.code : outcome?._tag)

/** What came before, what is asked, what is answered, and what the order is then. */
const EVERY_CASE = [
  ["", "confirm", "order_not_found", undefined],
  ["", "cancel", "Done", undefined],
  ["create", "create", "Done", "PENDING"],
  ["create", "confirm", "Done", "CONFIRMED"],
  ["create", "cancel", "Done", "CANCELLED"],
  ["create confirm", "create", "Done", "CONFIRMED"],
  ["create confirm", "confirm", "Done", "CONFIRMED"],
  ["create confirm", "cancel", "Done", "CANCELLED"],
  ["create cancel", "create", "Cancelled", "CANCELLED"],
  ["create cancel", "confirm", "invalid_status_transition", "CANCELLED"],
  ["create cancel", "cancel", "Done", "CANCELLED"],
  ["create confirm cancel", "confirm", "invalid_status_transition", "CANCELLED"],
  ["create confirm cancel", "cancel", "Done", "CANCELLED"],
  ["cancel", "create", "Cancelled", undefined],
  ["cancel", "confirm", "Cancelled", undefined],
  ["cancel", "cancel", "Done", undefined]
] as const

const EVENTS = { create: "order.created", confirm: "order.confirmed", cancel: "order.cancelled" }

const run = Effect.fnUntraced(function* (verb: string, order: ReturnType<typeof sampleOrder>, epoch = 1) {
  const orders = yield* OrdersCommands
  const [outcome] =
    verb === "create"
      ? yield* orders.create([{ ...order, epoch }])
      : yield* verb === "confirm"
          ? orders.confirm([commandFor(order, { epoch })])
          : orders.cancel([commandFor(order, { epoch })])
  return outcome
})

layer(layerOrdersInDatabase, { excludeTestServices: true })("confirming and cancelling sales orders", (it) => {
  it.effect.each(EVERY_CASE)("after [%s], %s is %s", ([before, asked, answer, status]) =>
    Effect.gen(function* () {
      const order = sampleOrder()
      for (const verb of before.split(" ").filter((verb) => verb !== "")) yield* run(verb, order)
      const eventsBefore = yield* eventTypes(order)
      const statusBefore = yield* statusOf(order)
      assert.strictEqual(code(yield* run(asked, order)), answer)
      assert.strictEqual(yield* statusOf(order), status)
      // A change of status, and nothing else, is told.
      const told = status === statusBefore ? [] : [EVENTS[asked]]
      assert.deepStrictEqual(yield* eventTypes(order), [...eventsBefore, ...told])
    })
  )

  it.effect("says which transition of a cancelled order was refused", () =>
    Effect.gen(function* () {
      const order = sampleOrder()
      for (const verb of ["create", "cancel"]) yield* run(verb, order)
      assert.deepInclude(yield* run("confirm", order), {
        _tag: "Rejected",
        code: "invalid_status_transition",
        details: { current_status: "CANCELLED", attempted_status: "CONFIRMED" }
      })
    })
  )

  it.effect("keeps the time of each step, and tells it with the customer and the total", () =>
    Effect.gen(function* () {
      const order = sampleOrder()
      for (const verb of ["create", "confirm", "cancel"]) yield* run(verb, order)
      const kept = yield* inspect(order)
      assert.instanceOf(kept.order?.confirmed_at, Date)
      assert.deepStrictEqual(kept.order?.cancelled_at, kept.order?.updated_at)
      const payload = {
        order_id: order.orderId,
        user_id: order.customerId,
        total_amount: { amount: "69.92", currency: "EUR" }
      }
      assert.deepStrictEqual(
        kept.events.slice(1).map((event) => [event.event_type, event.payload, event.correlation_id]),
        [
          ["order.confirmed", payload, "req-1"],
          ["order.cancelled", payload, "req-1"]
        ]
      )
    })
  )

  it.effect.each(["create", "confirm", "cancel"])("ignores a late %s of a worker that was replaced", (late) =>
    Effect.gen(function* () {
      const order = sampleOrder()
      yield* run("create", order, 5)
      assert.deepStrictEqual(yield* run(late, order, 4), cancelled)
      assert.strictEqual(yield* statusOf(order), "PENDING")
      assert.deepStrictEqual(yield* run(late, order, 6), done)
    })
  )

  it.effect("answers a vector in its order, with repeated, unknown and refused ones among them", () =>
    Effect.gen(function* () {
      const orders = yield* OrdersCommands
      const [pending, confirmed, stopped, unknown] = [sampleOrder(), sampleOrder(), sampleOrder(), sampleOrder()]
      yield* orders.create([pending, confirmed, stopped])
      yield* orders.confirm([commandFor(confirmed)])
      yield* orders.cancel([commandFor(stopped)])
      const vector = [stopped, pending, unknown, confirmed, pending].map((order) => commandFor(order))
      assert.deepStrictEqual((yield* orders.confirm(vector)).map(code), [
        "invalid_status_transition",
        "Done",
        "order_not_found",
        "Done",
        "Done"
      ])
      assert.deepStrictEqual(yield* eventTypes(pending), ["order.created", "order.confirmed"])
    })
  )

  it.effect("lets either the create or the cancel of an order win, never both", () =>
    Effect.gen(function* () {
      const orders = yield* OrdersCommands
      const sample = Array.from({ length: 30 }, () => sampleOrder())
      const commands = sample.map((order) => commandFor(order))
      const [created, undone] = yield* Effect.all(
        [orders.create(sample), orders.cancel(commands.toReversed()), orders.cancel(commands)],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(new Set(undone), new Set([done]))
      for (const [index, order] of sample.entries()) {
        const status = yield* statusOf(order)
        assert.strictEqual(status, created[index]?._tag === "Done" ? "CANCELLED" : undefined)
      }
    })
  )

  it.effect("sees the orders of the vector's organizations only", () =>
    Effect.gen(function* () {
      const orders = yield* OrdersCommands
      const order = sampleOrder()
      yield* orders.create([order])
      const stranger = commandFor({ ...order, organizationId: sampleOrder().organizationId })
      assert.strictEqual(code((yield* orders.confirm([stranger]))[0]), "order_not_found")
      assert.deepStrictEqual(yield* orders.cancel([stranger]), [done])
      assert.strictEqual(yield* statusOf(order), "PENDING")
    })
  )
})

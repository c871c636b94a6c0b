import { assert } from "@effect/vitest"
import { makeOrderId, type OrderId } from "@valerix/money-and-ids"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber, Layer, Option } from "effect"
import { WatchOrders } from "../../src/application/WatchOrders.ts"
import { promises } from "../support/Bench.ts"
import { accepted } from "../support/Orders.ts"
import { makeOrganization } from "../support/Samples.ts"
import { DatabaseSteadiness } from "../support/UnsteadyDatabase.ts"
import { until } from "../support/Until.ts"

/** Longer than any test. */
const LONG_MS = 600_000

const watcher = (watchedMax = 1_000) =>
  Effect.map(
    Effect.flatMap(Layer.build(Layer.fresh(WatchOrders.layer({ intervalMs: 2, watchedMax }))), (context) =>
      Effect.provide(WatchOrders, context)
    ),
    ({ wait }) =>
      (order: Pick<Effect.Success<ReturnType<typeof accepted>>, "organizationId" | "orderId">, limitMs = LONG_MS) =>
        Effect.map(wait(order.organizationId, order.orderId, limitMs), Option.getOrUndefined)
  )

const moveTo = Effect.fnUntraced(function* (orderId: OrderId, status: string) {
  const { sql } = yield* OwnerDatabase
  yield* sql`UPDATE order_ledger SET status = ${status} WHERE order_id = ${orderId}`
})

/** Waits until the watcher has looked at the ledger again, with all who wait by now. */
const looked = Effect.gen(function* () {
  const steadiness = yield* DatabaseSteadiness
  const before = steadiness.transactions
  yield* until(
    "it has looked",
    Effect.sync(() => steadiness.transactions),
    (now) => now > before + 1
  )
})

promises("watching an order", (promise) => {
  for (const status of ["COMPLETED", "FAILED", "AUTHORIZATION_FAILED"] as const) {
    promise(`gives it as soon as it is ${status}`, () =>
      Effect.gen(function* () {
        const wait = yield* watcher()
        const order = yield* accepted()
        const waiting = yield* Effect.forkScoped(wait(order))
        yield* looked
        yield* moveTo(order.orderId, "INVENTORY_RESERVED")
        yield* looked
        assert.isUndefined(waiting.pollUnsafe())
        yield* moveTo(order.orderId, status)
        assert.strictEqual((yield* Fiber.join(waiting))?.status, status)
      })
    )
  }

  promise("gives it at once when it is at rest already", () =>
    Effect.gen(function* () {
      const wait = yield* watcher()
      const order = yield* accepted()
      yield* moveTo(order.orderId, "COMPLETED")
      assert.strictEqual((yield* wait(order))?.status, "COMPLETED")
    })
  )

  promise("gives it as it is when the time is over", () =>
    Effect.gen(function* () {
      const wait = yield* watcher()
      const order = yield* accepted()
      yield* moveTo(order.orderId, "PAYMENT_CAPTURED")
      assert.strictEqual((yield* wait(order, 10))?.status, "PAYMENT_CAPTURED")
      assert.strictEqual((yield* wait(order, 0))?.status, "PAYMENT_CAPTURED")
    })
  )

  promise("gives nothing for an order that is not there, without waiting", () =>
    Effect.gen(function* () {
      const wait = yield* watcher()
      const { organizationId, orderId } = yield* accepted()
      assert.isUndefined(yield* wait({ organizationId, orderId: makeOrderId() }))
      assert.isUndefined(yield* wait({ organizationId: makeOrganization(), orderId }))
    })
  )

  promise("looks once for all who wait, and for nobody when nobody waits", () =>
    Effect.gen(function* () {
      const steadiness = yield* DatabaseSteadiness
      const wait = yield* watcher()
      const orders = yield* Effect.forEach(Array(30), () => accepted())
      const waiting = yield* Effect.forEach(orders, (order) =>
        Effect.forkScoped(wait(order), { startImmediately: true })
      )
      const start = steadiness.transactions
      yield* looked
      assert.isAtMost(steadiness.transactions - start, 3)
      yield* Fiber.interruptAll(waiting)
      const still = Effect.gen(function* () {
        const seen = steadiness.transactions
        yield* Effect.sleep(20)
        return steadiness.transactions - seen
      })
      yield* until("it has stopped looking", still, (more) => more === 0)
    })
  )

  promise("wakes each waiter for its own order", () =>
    Effect.gen(function* () {
      const wait = yield* watcher()
      const [one, other] = [yield* accepted(), yield* accepted()]
      const first = yield* Effect.forkScoped(wait(one))
      const second = yield* Effect.forkScoped(wait(other))
      const twin = yield* Effect.forkScoped(wait(other))
      yield* looked
      yield* moveTo(other.orderId, "COMPLETED")
      assert.strictEqual((yield* Fiber.join(second))?.orderId, other.orderId)
      assert.strictEqual((yield* Fiber.join(twin))?.orderId, other.orderId)
      assert.isUndefined(first.pollUnsafe())
    })
  )

  promise("does not keep more waiting than it may: the others get the order as it is", () =>
    Effect.gen(function* () {
      const wait = yield* watcher(1)
      const [one, other] = [yield* accepted(), yield* accepted()]
      const first = yield* Effect.forkScoped(wait(one), { startImmediately: true })
      assert.strictEqual((yield* wait(other))?.status, "AUTHORIZED")
      yield* Fiber.interrupt(first)
      yield* moveTo(other.orderId, "COMPLETED")
      assert.strictEqual((yield* wait(other))?.status, "COMPLETED")
    })
  )

  promise("goes on looking when the database was away", () =>
    Effect.gen(function* () {
      const steadiness = yield* DatabaseSteadiness
      const wait = yield* watcher()
      const order = yield* accepted()
      const waiting = yield* Effect.forkScoped(wait(order))
      yield* looked
      steadiness.mode = "away"
      yield* looked
      steadiness.mode = "steady"
      yield* moveTo(order.orderId, "COMPLETED")
      assert.strictEqual((yield* Fiber.join(waiting))?.status, "COMPLETED")
    })
  )
})

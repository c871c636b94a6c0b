import { assert } from "@effect/vitest"
import type { OrderId } from "@valerix/money-and-ids"
import type { Tenant } from "@valerix/tenancy"
import { Effect, Layer, Option } from "effect"
import { OperateSagas } from "../../src/application/OperateSagas.ts"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { SagaOperations } from "../../src/application/ports/SagaOperations.ts"
import { SagaWakeUp } from "../../src/application/ports/SagaWakeUp.ts"
import { versionOf } from "../../src/domain/Execution.ts"
import type { SagaAction } from "../../src/domain/Intervention.ts"
import { retryIn, worked } from "../contract/SagaBench.ts"
import { promises } from "../support/Bench.ts"
import { eventsOf, ledgerRow, queueRow, timelineOf } from "../support/Books.ts"
import { ended, orchestrator, placed } from "../support/Orchestrator.ts"
import { accepted } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import { MUG, makeOrganization, newEntry, PEN, tenantOf } from "../support/Samples.ts"
import { after, before, Gate } from "../support/Script.ts"
import { until } from "../support/Until.ts"

const NEVER_MS = 600_000

const operate = Effect.map(
  Effect.suspend(() => Layer.build(Layer.fresh(OperateSagas.layer))),
  (context) => Effect.provide(OperateSagas, context)
).pipe(Effect.flatten)

const see = Effect.fnUntraced(function* ({ organizationId }: Tenant, orderId: OrderId) {
  const operations = yield* SagaOperations
  return Option.getOrThrow(yield* operations.find(organizationId, orderId))
})

const act = Effect.fnUntraced(function* (tenant: Tenant, orderId: OrderId, action: SagaAction, isDryRun = false) {
  const { one } = yield* operate
  const seen = { orderId, version: versionOf(yield* see(tenant, orderId)) }
  return yield* one(tenant, seen, { action, reason: "the bank is down", isDryRun })
})

/** An order that was accepted on an authorization which the provider has. */
const placedBy = (tenant: Tenant) => Effect.map(placed(newEntry({ tenant })), ({ orderId }) => ({ orderId, tenant }))

/** Many orders of one organization that wait for their next attempt. */
const waitingOrders = Effect.fnUntraced(function* (count: number) {
  const tenant = tenantOf(makeOrganization(), "ada")
  const orders: Array<OrderId> = []
  for (let index = 0; index < count; index += 1) {
    const { orderId } = yield* accepted(newEntry({ tenant }))
    yield* worked(orderId, retryIn(NEVER_MS))
    orders.push(orderId)
  }
  return { tenant, orders }
})

const retry = { action: "retry", reason: "the bank is back", isDryRun: false } as const

promises("operating on sagas", (promise) => {
  promise(
    "parks an order under the hands of its worker: what the participant did is found again when it is resumed",
    () =>
      Effect.gen(function* () {
        const { inventory, payments } = yield* Participants
        const gate = new Gate()
        payments.script.plan("capture", after(gate))
        const { orderId, tenant } = yield* placedBy(tenantOf(makeOrganization()))
        yield* orchestrator()
        yield* gate.reached
        assert.strictEqual((yield* see(tenant, orderId)).state, "EXECUTING")
        assert.strictEqual((yield* act(tenant, orderId, "park"))._tag, "Applied")
        assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
        yield* gate.open
        const parked = yield* see(tenant, orderId)
        assert.deepStrictEqual([parked.status, parked.state], ["INVENTORY_RESERVED", "PARKED"])
        assert.strictEqual((yield* act(tenant, orderId, "resume"))._tag, "Applied")
        assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
        assert.deepStrictEqual(payments.script.callsOf("capture"), [[orderId], [orderId]])
        assert.deepStrictEqual(payments.statesOf(orderId), ["CAPTURED"])
        assert.deepStrictEqual(inventory.reservedBy(orderId), { [MUG.productId]: 3, [PEN.productId]: 1 })
        // The attempt whose record was lost is not in the timeline; the intervention is.
        assert.deepStrictEqual(yield* timelineOf(orderId), [
          "authorize 1 DONE",
          "create 1 DONE",
          "reserve 1 DONE",
          "capture 0 PARKED",
          "capture 0 RESUMED",
          "capture 1 DONE",
          "confirm 1 DONE"
        ])
        assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized", "order.completed"])
      })
  )

  promise("turns an order back while its capture is on its way: the capture that comes late has no effect", () =>
    Effect.gen(function* () {
      const { inventory, orders, payments } = yield* Participants
      const gate = new Gate()
      payments.script.plan("capture", before(gate))
      const { orderId, tenant } = yield* placedBy(tenantOf(makeOrganization()))
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual((yield* act(tenant, orderId, "compensate"))._tag, "Applied")
      const row = yield* ended(orderId)
      assert.deepInclude(row, { status: "FAILED", failure_code: "compensated_by_operator" })
      yield* gate.open
      assert.deepStrictEqual(payments.statesOf(orderId), ["VOIDED"])
      assert.deepStrictEqual(inventory.reservedBy(orderId), {})
      assert.strictEqual(orders.statusOf(orderId), "CANCELLED")
      assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized", "order.failed"])
    })
  )

  promise("refunds an order that is turned back after its money was captured, also under the hands of its worker", () =>
    Effect.gen(function* () {
      const { inventory, orders, payments } = yield* Participants
      const gate = new Gate()
      orders.script.plan("confirm", after(gate))
      const { orderId, tenant } = yield* placedBy(tenantOf(makeOrganization()))
      yield* orchestrator()
      yield* gate.reached
      assert.strictEqual(orders.statusOf(orderId), "CONFIRMED")
      assert.strictEqual((yield* act(tenant, orderId, "compensate"))._tag, "Applied")
      yield* gate.open
      assert.strictEqual((yield* ended(orderId)).status, "FAILED")
      assert.deepStrictEqual(payments.statesOf(orderId), ["REFUNDED"])
      assert.deepStrictEqual(inventory.reservedBy(orderId), {})
      assert.strictEqual(orders.statusOf(orderId), "CANCELLED")
      assert.deepStrictEqual(yield* eventsOf(orderId), ["order.authorized", "order.failed"])
      const ledger = yield* OrderLedger
      const found = Option.getOrThrow(yield* ledger.find(tenant.organizationId, orderId))
      assert.deepStrictEqual(found.failure, {
        step: "confirm",
        code: "compensated_by_operator",
        message: "An operator turned the order back: the bank is down",
        details: { operator: tenant.principal, reason: "the bank is down" }
      })
    })
  )

  promise("wakes the orchestrators: a retry that was far away is executed at once", () =>
    Effect.gen(function* () {
      const { payments } = yield* Participants
      payments.script.plan("capture", before("unavailable"))
      const { orderId, tenant } = yield* placedBy(tenantOf(makeOrganization()))
      yield* orchestrator({ pollIntervalMs: NEVER_MS })
      yield* until("it waits", see(tenant, orderId), ({ state }) => state === "WAITING")
      assert.strictEqual((yield* act(tenant, orderId, "retry"))._tag, "Applied")
      assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
    })
  )

  promise("changes nothing in a dry run, and says what would be", () =>
    Effect.gen(function* () {
      const { many } = yield* operate
      const { orders, tenant } = yield* waitingOrders(3)
      const [first] = orders
      assert(first !== undefined)
      const rows = Effect.forEach(orders, (orderId) => Effect.all([ledgerRow(orderId), queueRow(orderId)]))
      const books = yield* rows
      assert.strictEqual((yield* act(tenant, first, "retry", true))._tag, "Applied")
      assert.strictEqual((yield* act(tenant, first, "resume", true))._tag, "Refused")
      const sagas = { filter: {}, after: undefined, limit: 1_000 }
      const would = yield* many(tenant, sagas, { ...retry, isDryRun: true })
      assert.deepStrictEqual(
        would.applied.map(({ orderId }) => orderId),
        orders
      )
      assert.deepStrictEqual(yield* rows, books)
    })
  )

  promise("goes through many in parts, can stop after each, and touches none twice when a part is repeated", () =>
    Effect.gen(function* () {
      const { many } = yield* operate
      const { orders, tenant } = yield* waitingOrders(5)
      const part = (after: OrderId | undefined) => many(tenant, { filter: {}, after, limit: 2 }, retry)
      const first = yield* part(undefined)
      assert.deepStrictEqual(
        first.applied.map(({ orderId }) => orderId),
        orders.slice(0, 2)
      )
      const repeated = yield* part(undefined)
      assert.deepStrictEqual(
        repeated.applied.map(({ orderId }) => orderId),
        orders.slice(2, 4)
      )
      const last = yield* part(repeated.next)
      assert.deepStrictEqual(
        last.applied.map(({ orderId }) => orderId),
        orders.slice(4)
      )
      assert.isUndefined(last.next)
      for (const orderId of orders) {
        assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 DONE", "create 0 RETRIED"])
      }
    })
  )

  promise("leaves what moves between being selected and being locked, and says so", () =>
    Effect.gen(function* () {
      const operations = yield* SagaOperations
      const { orders, tenant } = yield* waitingOrders(3)
      const [, second] = orders
      assert(second !== undefined)
      // Another operator is a moment faster with one of them.
      const seen = [{ orderId: second, version: versionOf(yield* see(tenant, second)) }]
      const park = { action: "park", principal: "bob", reason: "not this one" } as const
      const meanwhile = Layer.succeed(SagaOperations, {
        ...operations,
        select: (organizationId, selection) =>
          Effect.tap(operations.select(organizationId, selection), () =>
            operations.intervene(organizationId, seen, park)
          )
      } satisfies SagaOperations["Service"])
      const context = yield* Layer.build(Layer.fresh(OperateSagas.layer).pipe(Layer.provide(meanwhile)))
      const { many } = yield* Effect.provide(OperateSagas, context)
      const { applied, moved } = yield* many(tenant, { filter: {}, after: undefined, limit: 10 }, retry)
      assert.deepStrictEqual(
        applied.map(({ orderId }) => orderId),
        orders.filter((orderId) => orderId !== second)
      )
      assert.deepStrictEqual(
        moved.map(({ orderId, state }) => [orderId, state]),
        [[second, "PARKED"]]
      )
      assert.deepStrictEqual(yield* timelineOf(second), ["authorize 1 DONE", "create 0 PARKED"])
    })
  )

  promise("lets two operators at the same orders apply each action once", () =>
    Effect.gen(function* () {
      const { many } = yield* operate
      const { orders, tenant } = yield* waitingOrders(20)
      const sagas = { filter: {}, after: undefined, limit: 100 }
      const park = { action: "park", reason: "both of us", isDryRun: false } as const
      const results = yield* Effect.all([many(tenant, sagas, park), many(tenant, sagas, park)], { concurrency: 2 })
      assert.sameMembers(
        results.flatMap(({ applied }) => applied.map(({ orderId }) => orderId)),
        orders
      )
      for (const orderId of orders) {
        assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 DONE", "create 0 PARKED"])
      }
    })
  )

  promise("wakes nobody when it parks", () =>
    Effect.gen(function* () {
      const { orders, tenant } = yield* waitingOrders(1)
      let wakes = 0
      const counted = Layer.effect(
        SagaWakeUp,
        Effect.map(SagaWakeUp, (wakeUp) => ({
          ...wakeUp,
          wake: Effect.sync(() => {
            wakes += 1
          })
        }))
      )
      const context = yield* Layer.build(Layer.fresh(OperateSagas.layer).pipe(Layer.provide(counted)))
      const { one } = yield* Effect.provide(OperateSagas, context)
      for (const orderId of orders) {
        for (const action of ["park", "resume"] as const) {
          const seen = { orderId, version: versionOf(yield* see(tenant, orderId)) }
          yield* one(tenant, seen, { action, reason: "r", isDryRun: false })
        }
      }
      assert.strictEqual(wakes, 1)
    })
  )
})

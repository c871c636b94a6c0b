import { assert } from "@effect/vitest"
import type { OrderId } from "@valerix/money-and-ids"
import { Effect, Fiber, Layer, Option, Random, Schedule } from "effect"
import { type Accepted, AcceptOrders } from "../../src/application/AcceptOrders.ts"
import { type NewEntry, OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { SweepAbandoned } from "../../src/application/SweepAbandoned.ts"
import { promises } from "../support/Bench.ts"
import { eventsOf, leasesOf, leasesRunOut, ledgerRow, orderOfKey, queueRow, retriesAreDue } from "../support/Books.ts"
import { orchestrator } from "../support/Orchestrator.ts"
import { LEASE_MS } from "../support/Orders.ts"
import { Participants } from "../support/Participants.ts"
import { MUG, newEntry, PEN } from "../support/Samples.ts"
import { DECLINED_TOKEN, UNCAPTURABLE_TOKEN } from "../support/ScriptedPayments.ts"
import { DatabaseSteadiness } from "../support/UnsteadyDatabase.ts"
import { until } from "../support/Until.ts"

const ORDERS = 40
/** Enough mugs for some of the orders, at three each. */
const MUGS = 45

const isFinal = ({ _tag }: Accepted) => _tag === "Accepted" || _tag === "Replayed" || _tag === "Declined"

const entryOf = (index: number): NewEntry => {
  const token = index % 10 === 7 ? DECLINED_TOKEN : index % 10 === 3 ? UNCAPTURABLE_TOKEN : "tok_good"
  return newEntry({ request: { payment: { method: "card", token } } })
}

promises("the whole flow, where every answer may get lost and the database comes and goes", (promise) => {
  for (const seed of [1, 2, 3]) {
    promise(`ends every order, and leaves no stock and no money behind (${seed})`, () =>
      Effect.gen(function* () {
        const { inventory, orders, payments } = yield* Participants
        const ledger = yield* OrderLedger
        const steadiness = yield* DatabaseSteadiness
        const random = yield* Random.Random
        const scripts = [payments.script, orders.script, inventory.script]
        for (const script of scripts) {
          script.chance = () => {
            const drawn = random.nextDoubleUnsafe()
            return drawn < 0.12 ? "before" : drawn < 0.25 ? "after" : undefined
          }
        }
        inventory.available.set(MUG.productId, MUGS)
        const edge = yield* Layer.build(
          Layer.fresh(AcceptOrders.layer({ leaseMs: LEASE_MS, downstreamLimitMs: 60_000, lookAgainLimitMs: 200 }))
        )
        yield* Layer.build(
          Layer.fresh(SweepAbandoned({ intervalMs: 3, retryMs: 60_000, batchMax: 10, downstreamLimitMs: 60_000 }))
        )
        yield* orchestrator({ batchMax: 8 })
        yield* orchestrator({ batchMax: 8 })

        const trouble = yield* Effect.gen(function* () {
          const drawn = yield* Random.next
          steadiness.mode = drawn < 0.1 ? "away" : drawn < 0.2 ? "silent" : "steady"
        }).pipe(Effect.repeat(Schedule.spaced(4)), Effect.forkScoped)
        const time = yield* Effect.andThen(leasesRunOut, retriesAreDue).pipe(
          Effect.repeat(Schedule.spaced(15)),
          Effect.forkScoped
        )

        /** Sends a request again and again until its answer is final; some customers change their mind. */
        const customer = Effect.fnUntraced(function* (entry: NewEntry, index: number) {
          const send = Effect.flatMap(AcceptOrders, (acceptOrders) => acceptOrders([entry, entry])).pipe(
            Effect.provide(edge)
          )
          const [answer] = yield* send.pipe(
            Effect.tap(() => Effect.sleep(1 + index)),
            Effect.repeat({ until: ([one]) => one !== undefined && isFinal(one) })
          )
          if (index % 4 === 0) {
            const orderId = yield* orderOfKey(entry.idempotencyKey)
            yield* Effect.ignoreCause(ledger.requestCancel(entry.tenant.organizationId, orderId))
          }
          return answer
        })
        const entries = Array.from({ length: ORDERS }, (_, index) => entryOf(index))
        const answers = yield* Effect.forEach(entries, customer, { concurrency: "unbounded" })

        // Now everything works again.
        yield* Fiber.interrupt(trouble)
        steadiness.mode = "steady"
        for (const script of scripts) script.chance = () => undefined
        const ids: Array<OrderId> = []
        for (const [index, entry] of entries.entries()) {
          const orderId = yield* orderOfKey(entry.idempotencyKey)
          ids.push(orderId)
          yield* until(
            `order ${index} is at rest`,
            Effect.all({ queue: queueRow(orderId), leases: leasesOf(orderId), row: ledgerRow(orderId) }),
            ({ leases, queue, row }) =>
              queue === undefined && leases.length === 0 && row.status !== "AWAITING_AUTHORIZATION"
          )
        }
        yield* Fiber.interrupt(time)

        let mugsHeld = 0
        for (const [index, orderId] of ids.entries()) {
          const row = yield* ledgerRow(orderId)
          const states = payments.statesOf(orderId)
          const events = yield* eventsOf(orderId)
          const about = `order ${index}, answered ${answers[index]?._tag}: ${row.status} ${row.failure_code} ${states}`
          if (row.status === "COMPLETED") {
            assert.strictEqual(orders.statusOf(orderId), "CONFIRMED", about)
            assert.deepStrictEqual(inventory.reservedBy(orderId), { [MUG.productId]: 3, [PEN.productId]: 1 }, about)
            assert.strictEqual(payments.payments.get(`${orderId}/${row.generation}`)?.state, "CAPTURED", about)
            const others = [...payments.payments.values()].filter(
              (one) => one.orderId === orderId && one.generation !== row.generation
            )
            assert.isTrue(
              others.every(({ state }) => state === "VOIDED"),
              about
            )
            assert.deepStrictEqual(events, ["order.authorized", "order.completed"], about)
            mugsHeld += 3
          } else {
            assert.include(["FAILED", "AUTHORIZATION_FAILED"], row.status, about)
            assert.include([undefined, "CANCELLED"], orders.statusOf(orderId), about)
            assert.deepStrictEqual(inventory.reservedBy(orderId), {}, about)
            assert.isTrue(
              states.every((state) => state === "VOIDED" || state === "REFUNDED" || state === "DECLINED"),
              about
            )
            assert.isAtMost(events.filter((event) => event === "order.failed").length, 1, about)
          }
          assert.strictEqual(row.status === "AUTHORIZATION_FAILED", index % 10 === 7, about)
          const entry = Option.getOrThrow(yield* ledger.find(entries[index]?.tenant.organizationId ?? never(), orderId))
          assert.isUndefined(entry.parkReason, about)
        }
        assert.strictEqual(inventory.available.get(MUG.productId), MUGS - mugsHeld)
        // Much of what can happen did.
        const rows = yield* Effect.forEach(ids, ledgerRow)
        assert.includeMembers(
          rows.map(({ status }) => status),
          ["COMPLETED", "FAILED", "AUTHORIZATION_FAILED"]
        )
        assert.includeMembers(
          rows.map(({ failure_code }) => failure_code),
          ["cancelled_on_request", "insufficient_stock", "payment_declined"]
        )
        assert.isTrue(rows.some(({ generation }) => generation > 1))
      }).pipe(Random.withSeed(seed))
    )
  }
})

const never = (): never => {
  throw new Error("there is no such entry")
}

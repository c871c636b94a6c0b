import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { promises } from "../../support/Bench.ts"
import { holdLedgerRow, leasesOf, leasesRunOut, ledgerRow, queueRow, sessionsWaiting } from "../../support/Books.ts"
import { authorized, begin, begun } from "../../support/Orders.ts"
import { Gate } from "../../support/Script.ts"

const TAKE = { limit: 100, retryMs: 60_000 }
const take = Effect.flatMap(OrderLedger, (ledger) => ledger.abandonExpired(TAKE))

promises("taking authorizations that no edge concluded", (promise) => {
  promise("gives each to one sweep at a time, and again when it was not settled", () =>
    Effect.gen(function* () {
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      const both = yield* Effect.all([take, take], { concurrency: "unbounded" })
      assert.deepStrictEqual(both.flat(), [authorization])
      assert.deepStrictEqual(yield* leasesOf(orderId), [{ generation: 1, has_run_out: false, attempts: 1 }])
      yield* leasesRunOut
      assert.deepStrictEqual(yield* take, [authorization])
      assert.deepStrictEqual(yield* leasesOf(orderId), [{ generation: 1, has_run_out: false, attempts: 2 }])
    })
  )

  promise("loses to an edge that concludes a moment before it", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const concluding = yield* Effect.forkScoped(ledger.conclude([authorized(authorization)]))
      yield* sessionsWaiting(1)
      const taking = yield* Effect.forkScoped(take)
      yield* sessionsWaiting(2)
      yield* held.release
      assert.deepStrictEqual(yield* Fiber.join(concluding), [true])
      assert.deepStrictEqual(yield* Fiber.join(taking), [])
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AUTHORIZED", abandoned: false })
      assert.isDefined(yield* queueRow(orderId))
      yield* leasesRunOut
      assert.deepStrictEqual(yield* take, [])
    })
  )

  promise("wins against an edge that concludes a moment after it", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { authorization, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const taking = yield* Effect.forkScoped(take)
      yield* sessionsWaiting(1)
      const concluding = yield* Effect.forkScoped(ledger.conclude([authorized(authorization)]))
      yield* sessionsWaiting(2)
      yield* held.release
      assert.deepStrictEqual(yield* Fiber.join(taking), [authorization])
      assert.deepStrictEqual(yield* Fiber.join(concluding), [false])
      assert.deepInclude(yield* ledgerRow(orderId), { status: "AWAITING_AUTHORIZATION", abandoned: true })
      assert.isUndefined(yield* queueRow(orderId))
    })
  )

  promise("loses to a retry that takes the order up a moment before it, and settles what came before only", () =>
    Effect.gen(function* () {
      const { authorization, entry, orderId } = yield* begun()
      yield* leasesRunOut
      const held = yield* holdLedgerRow(orderId)
      const retrying = yield* Effect.forkScoped(begin(entry))
      yield* sessionsWaiting(1)
      const taking = yield* Effect.forkScoped(take)
      yield* sessionsWaiting(2)
      yield* held.release
      const [retried] = yield* Fiber.join(retrying)
      // The retry saw the lease as the sweep had already extended it, or before: either way one of the two goes on.
      assert.deepStrictEqual(yield* Fiber.join(taking), [authorization])
      const row = yield* ledgerRow(orderId)
      if (retried?._tag === "Begun") assert.deepInclude(row, { generation: 2, abandoned: false })
      else assert.deepInclude(row, { generation: 1, abandoned: true })
      assert.include(["Begun", "InProgress"], retried?._tag)
    })
  )

  promise("waits for no lease that another has locked, and takes what is free", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { sql } = yield* OwnerDatabase
      const locked = yield* begun()
      const free = yield* begun()
      yield* leasesRunOut
      const gate = new Gate()
      const lock = sql`SELECT FROM edge_leases WHERE order_id = ${locked.orderId} FOR UPDATE`
      const holding = yield* sql.withTransaction(Effect.andThen(lock, gate.pass)).pipe(Effect.orDie, Effect.forkScoped)
      yield* gate.reached
      const taken = yield* ledger
        .abandonExpired({ limit: 10, retryMs: 600_000 })
        .pipe(Effect.timeoutOrElse({ duration: 30_000, orElse: () => Effect.succeed("the sweep waits") }))
      yield* Effect.andThen(gate.open, Fiber.join(holding))
      assert.deepStrictEqual(taken, [free.authorization])
    })
  )
})

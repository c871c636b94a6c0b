import { assert } from "@effect/vitest"
import { OwnerDatabase } from "@valerix/testing"
import { Effect, Fiber } from "effect"
import { OrderLedger } from "../../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../../src/application/ports/OrderSagaStore.ts"
import { promises } from "../../support/Bench.ts"
import { leasesRunOut, queueRow } from "../../support/Books.ts"
import { abandoned, accepted, begin, begun } from "../../support/Orders.ts"
import { Gate } from "../../support/Script.ts"

const LEASE_MS = 600_000

promises("a lease that somebody holds", (promise) => {
  promise("holds up no sweep: it takes what is free, and leaves what another has locked", () =>
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
        .abandonExpired({ limit: 10, retryMs: LEASE_MS })
        .pipe(Effect.timeoutOrElse({ duration: 30_000, orElse: () => Effect.succeed("the sweep waits") }))
      yield* Effect.andThen(gate.open, Fiber.join(holding))
      assert.deepStrictEqual(taken, [free.authorization])
    })
  )

  promise("on an earlier authorization, which is being settled, keeps no retry from the order", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const { sql } = yield* OwnerDatabase
      const first = yield* begun()
      yield* ledger.conclude([abandoned(first.authorization)])
      const second = yield* begun(first.entry)
      assert.strictEqual(second.authorization.generation, 2)
      assert.deepStrictEqual(yield* ledger.abandonExpired({ limit: 10, retryMs: LEASE_MS }), [first.authorization])
      // The second edge dies as well, and no sweep has come by yet.
      yield* sql`
        UPDATE edge_leases SET leased_until = now() - interval '1 second'
        WHERE order_id = ${first.orderId} AND generation = 2`
      const [third] = yield* begin(first.entry)
      assert.deepInclude(third?._tag === "Begun" ? { ...third.authorization } : third, { generation: 3 })
    })
  )

  promise("of an orchestrator that is at work on an order is not taken from it by its cancellation", () =>
    Effect.gen(function* () {
      const ledger = yield* OrderLedger
      const store = yield* OrderSagaStore
      const order = yield* accepted()
      const claimed = yield* store.claim({ limit: 10, weightMax: 1_000, leaseMs: LEASE_MS })
      assert.deepStrictEqual(
        claimed.map(({ sagaId }) => sagaId),
        [order.orderId]
      )
      yield* ledger.requestCancel(order.organizationId, order.orderId)
      assert.isFalse((yield* queueRow(order.orderId))?.is_due)
      assert.deepStrictEqual(yield* store.claim({ limit: 10, weightMax: 1_000, leaseMs: LEASE_MS }), [])
    })
  )
})

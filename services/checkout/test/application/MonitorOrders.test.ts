import { assert } from "@effect/vitest"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer } from "effect"
import { type MonitorOptions, MonitorOrders, makeMonitor } from "../../src/application/MonitorOrders.ts"
import { LedgerAudit } from "../../src/application/ports/LedgerAudit.ts"
import { SagaWakeUp } from "../../src/application/ports/SagaWakeUp.ts"
import { sweepOnce } from "../../src/application/SweepAbandoned.ts"
import { StorageBench, StorageBenchPostgres } from "../contract/SagaBench.ts"
import { promises } from "../support/Bench.ts"
import { leasesOf, ledgerRow, queueRow, timelineOf } from "../support/Books.ts"
import { ended, orchestrator, placed } from "../support/Orchestrator.ts"
import { accepted, begun } from "../support/Orders.ts"
import { makeOrganization, newEntry, tenantOf } from "../support/Samples.ts"
import { until } from "../support/Until.ts"

const OPTIONS: MonitorOptions = { intervalMs: 5, boundMs: 300_000, farMs: 300_000, movedMax: 10, lookedAtMax: 1_000 }
const YEAR_MS = 365 * 24 * 3_600_000
const BEYOND_MS = OPTIONS.boundMs + 1_000

const bench = Effect.provide(StorageBench, StorageBenchPostgres)

/** An order, of an organization of its own, that is in no queue. */
const lost = Effect.fnUntraced(function* (organizationId: OrganizationId = makeOrganization()) {
  const { orderId } = yield* accepted(newEntry({ tenant: tenantOf(organizationId) }))
  yield* (yield* bench).loseTurn(orderId)
  return orderId
})

promises("the monitor", (promise) => {
  promise("moves orders on that would have stood still for ever, and the orchestrator executes them", () =>
    Effect.gen(function* () {
      const storage = yield* bench
      const [far, gone] = [yield* placed(), yield* placed()]
      yield* storage.sendAway(far.orderId, YEAR_MS)
      yield* storage.loseTurn(gone.orderId)
      yield* storage.pass(BEYOND_MS)
      yield* orchestrator({ pollIntervalMs: 600_000 })
      yield* storage.sendAway(far.orderId, YEAR_MS)
      yield* Layer.build(Layer.fresh(MonitorOrders(OPTIONS)))
      for (const { orderId } of [far, gone]) {
        assert.strictEqual((yield* ended(orderId)).status, "COMPLETED")
        assert.include(yield* timelineOf(orderId), "create 0 MOVED_ON")
      }
    })
  )

  promise("hands an authorization that nobody leases to the sweep", () =>
    Effect.gen(function* () {
      const storage = yield* bench
      const { orderId } = yield* begun()
      yield* storage.loseLease(orderId)
      yield* storage.pass(BEYOND_MS)
      const pass = yield* makeMonitor(OPTIONS)
      assert.deepStrictEqual(
        (yield* pass).map((one) => one.orderId),
        [orderId]
      )
      yield* sweepOnce({ intervalMs: 1, retryMs: 1, batchMax: 10, downstreamLimitMs: 1_000 })
      assert.isTrue((yield* ledgerRow(orderId)).abandoned)
      assert.deepStrictEqual(yield* leasesOf(orderId), [])
      assert.deepStrictEqual(yield* pass, [])
    })
  )

  promise("leaves alone what has not stood still for its bound", () =>
    Effect.gen(function* () {
      const orderId = yield* lost()
      const pass = yield* makeMonitor(OPTIONS)
      assert.deepStrictEqual(yield* pass, [])
      assert.isUndefined(yield* queueRow(orderId))
    })
  )

  promise("walks through the ledger in passes that look at a bounded part of it, and begins again at the end", () =>
    Effect.gen(function* () {
      const storage = yield* bench
      const organizations = [makeOrganization(), makeOrganization()]
      const orders = yield* Effect.forEach([...organizations, ...organizations, ...organizations], (one) => lost(one))
      yield* storage.pass(BEYOND_MS)
      const audit = yield* LedgerAudit
      let looks = 0
      const counted = Layer.succeed(LedgerAudit, {
        ...audit,
        unfinished: (...given) => {
          looks += 1
          return audit.unfinished(...given)
        }
      } satisfies LedgerAudit["Service"])
      // Looking at one order costs more than the budget of a pass.
      const pass = yield* makeMonitor({ ...OPTIONS, lookedAtMax: 1 }).pipe(Effect.provide(counted))
      const moved = []
      for (let passes = 0; passes < 12; passes += 1) {
        const [one, ...more] = yield* pass
        assert.deepStrictEqual(more, [])
        assert.strictEqual(looks, passes + 1 - (passes >= 8 ? 1 : 0))
        if (one !== undefined) moved.push(one.orderId)
      }
      assert.sameMembers(moved, orders)
      const [again] = orders
      assert(again !== undefined)
      yield* storage.loseTurn(again)
      yield* storage.pass(BEYOND_MS)
      yield* until("it has come round", pass, (found) => found.some(({ orderId }) => orderId === again))
    })
  )

  promise("can run in several orchestrators at once: each order is moved on once", () =>
    Effect.gen(function* () {
      const storage = yield* bench
      const organizationId = makeOrganization()
      const orders = yield* Effect.forEach(Array.from({ length: 10 }), () => lost(organizationId))
      const far = yield* accepted()
      yield* storage.pass(BEYOND_MS)
      yield* storage.sendAway(far.orderId, YEAR_MS)
      const monitors = yield* Effect.all([makeMonitor(OPTIONS), makeMonitor(OPTIONS), makeMonitor(OPTIONS)])
      const moved = yield* Effect.all(monitors, { concurrency: 3 })
      assert.sameMembers(
        moved.flat().map(({ orderId }) => orderId),
        [...orders, far.orderId]
      )
      for (const orderId of [...orders, far.orderId]) {
        assert.deepStrictEqual(yield* timelineOf(orderId), ["authorize 1 DONE", "create 0 MOVED_ON"])
      }
    })
  )

  promise("wakes the orchestrators when it has moved something, and only then", () =>
    Effect.gen(function* () {
      const storage = yield* bench
      let wakes = 0
      const wake = Effect.sync(() => {
        wakes += 1
      })
      const pass = yield* makeMonitor(OPTIONS).pipe(
        Effect.provideService(SagaWakeUp, { wake, listen: () => Effect.never })
      )
      yield* pass
      assert.strictEqual(wakes, 0)
      yield* lost()
      yield* storage.pass(BEYOND_MS)
      yield* pass
      assert.strictEqual(wakes, 1)
    })
  )
})

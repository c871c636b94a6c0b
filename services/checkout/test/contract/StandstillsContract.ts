import { assert } from "@effect/vitest"
import { makeOrderId, type OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Option } from "effect"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { SagaOperations } from "../../src/application/ports/SagaOperations.ts"
import { Standstills } from "../../src/application/ports/Standstills.ts"
import { abandoned, begun } from "../support/Orders.ts"
import { makeOrganization } from "../support/Samples.ts"
import {
  acceptedBy,
  advance,
  claimOne,
  parkedFor,
  record,
  retryIn,
  type SagaBench,
  StorageBench,
  worked
} from "./SagaBench.ts"

const BOUND_MS = 300_000
const FAR_MS = 300_000
const YEAR_MS = 365 * 24 * 3_600_000

const recallFar = Effect.flatMap(Standstills, (standstills) =>
  standstills.recallFar({ boundMs: BOUND_MS, farMs: FAR_MS, limit: 100 })
)
const unclaimed = Effect.flatMap(Standstills, (standstills) => standstills.unclaimed({ boundMs: BOUND_MS, limit: 100 }))

const putBack = Effect.fnUntraced(function* (organizationId: OrganizationId, ...orderIds: ReadonlyArray<OrderId>) {
  const standstills = yield* Standstills
  const moved = yield* standstills.putBack(organizationId, orderIds, BOUND_MS)
  return moved.map(({ orderId }) => orderId)
})

const see = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
  const operations = yield* SagaOperations
  return Option.getOrThrow(yield* operations.find(organizationId, orderId))
})

const lastEntry = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
  const ledger = yield* OrderLedger
  const entry = (yield* ledger.timeline(organizationId, orderId)).at(-1)
  return [entry?.step, entry?.outcome, entry?.principal]
})

const pass = (ms: number) => Effect.flatMap(StorageBench, (bench) => bench.pass(ms))

export const standstillsContract: Readonly<Record<string, Effect.Effect<void, never, SagaBench>>> = {
  "makes an execution due whose turn is further away than any lease or retry, once, and keeps its attempts": Effect.gen(
    function* () {
      const bench = yield* StorageBench
      const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
      const before = yield* worked(orderId, retryIn(1_000, 3))
      yield* bench.sendAway(orderId, YEAR_MS)
      yield* pass(BOUND_MS + 1_000)
      assert.deepStrictEqual(
        (yield* recallFar).map((one) => one.orderId),
        [orderId]
      )
      assert.deepStrictEqual(yield* recallFar, [])
      const after = yield* see(organizationId, orderId)
      assert.deepStrictEqual([after.state, after.attempts, after.epoch], ["DUE", 3, before.epoch + 1])
      assert.deepStrictEqual(yield* lastEntry(organizationId, orderId), ["create", "MOVED_ON", "monitor"])
    }
  ),

  "leaves alone what has moved within its bound, waits for a retry, is executed or parked": Effect.gen(function* () {
    const bench = yield* StorageBench
    const order = Effect.map(
      Effect.suspend(() => acceptedBy(makeOrganization())),
      ({ orderId }) => orderId
    )
    yield* worked(yield* order, retryIn(BOUND_MS + FAR_MS))
    yield* worked(yield* order, parkedFor("create: refused"))
    yield* worked(yield* order, advance("ORDER_CREATED"))
    yield* pass(BOUND_MS + 1_000)
    const moving = yield* order
    yield* record(yield* claimOne(moving), advance("ORDER_CREATED"))
    yield* bench.sendAway(moving, YEAR_MS)
    assert.deepStrictEqual(yield* recallFar, [])
  }),

  "puts an order back into the queue that is in none, once, with an epoch beyond all that were claimed": Effect.gen(
    function* () {
      const bench = yield* StorageBench
      const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
      const claimed = yield* claimOne(orderId)
      yield* bench.loseTurn(orderId)
      assert.strictEqual((yield* see(organizationId, orderId)).state, "LOST")
      assert.deepStrictEqual(yield* putBack(organizationId, orderId), [])
      yield* pass(BOUND_MS + 1_000)
      assert.deepStrictEqual(yield* putBack(makeOrganization(), orderId), [])
      assert.deepStrictEqual(yield* putBack(organizationId, orderId, makeOrderId()), [orderId])
      assert.deepStrictEqual(yield* putBack(organizationId, orderId), [])
      assert.strictEqual((yield* see(organizationId, orderId)).state, "DUE")
      assert.isAbove((yield* claimOne(orderId)).epoch, claimed.epoch + 100)
      assert.deepStrictEqual(yield* lastEntry(organizationId, orderId), ["create", "MOVED_ON", "monitor"])
    }
  ),

  "puts an authorization before the sweep that is leased to nobody, once": Effect.gen(function* () {
    const bench = yield* StorageBench
    const ledger = yield* OrderLedger
    const { authorization, orderId } = yield* begun()
    const { organizationId } = authorization
    yield* bench.loseLease(orderId)
    yield* pass(BOUND_MS + 1_000)
    assert.deepStrictEqual(yield* ledger.abandonExpired({ limit: 10, retryMs: 1_000 }), [])
    assert.deepStrictEqual(yield* putBack(organizationId, orderId), [orderId])
    assert.deepStrictEqual(yield* putBack(organizationId, orderId), [])
    assert.deepStrictEqual(yield* lastEntry(organizationId, orderId), ["authorize", "MOVED_ON", "monitor"])
    assert.deepStrictEqual(yield* ledger.abandonExpired({ limit: 10, retryMs: 1_000 }), [authorization])
  }),

  "does not put back what is queued, leased, given up or ended": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const organizationId = makeOrganization()
    const queued = yield* acceptedBy(organizationId)
    const ended = yield* acceptedBy(organizationId)
    const failure = { step: "create", code: "refused", message: "No." }
    yield* worked(
      ended.orderId,
      { _tag: "Compensate", failure },
      { _tag: "Fail", undone: ["settle", "release", "cancel"], events: [] }
    )
    const given = yield* begun()
    yield* ledger.conclude([abandoned(given.authorization)])
    yield* ledger.forgetSettled([given.authorization])
    const leased = yield* begun()
    yield* pass(BOUND_MS + 1_000)
    assert.deepStrictEqual(yield* putBack(organizationId, queued.orderId, ended.orderId), [])
    for (const { authorization, orderId } of [given, leased]) {
      assert.deepStrictEqual(yield* putBack(authorization.organizationId, orderId), [])
    }
  }),

  "tells what is due for too long, the longest first": Effect.gen(function* () {
    const parked = yield* acceptedBy(makeOrganization())
    yield* worked(parked.orderId, parkedFor("later"))
    const first = yield* acceptedBy(makeOrganization())
    yield* pass(1_000)
    const second = yield* acceptedBy(makeOrganization())
    yield* pass(BOUND_MS + 1_000)
    yield* acceptedBy(makeOrganization())
    const found = yield* unclaimed
    assert.deepStrictEqual(
      found.map(({ orderId, sagaVersion }) => [orderId, sagaVersion]),
      [first, second].map(({ orderId }) => [orderId, 1])
    )
    assert.isAtLeast(found[0]?.dueForMs ?? 0, BOUND_MS)
  })
}

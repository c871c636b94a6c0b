import { assert } from "@effect/vitest"
import { makeOrderId, type OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Effect, Option } from "effect"
import { OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"
import { type InterventionResult, type SagaFilter, SagaOperations } from "../../src/application/ports/SagaOperations.ts"
import { versionOf } from "../../src/domain/Execution.ts"
import { SAGA_ACTIONS, type SagaAction } from "../../src/domain/Intervention.ts"
import { begun, declined } from "../support/Orders.ts"
import { makeOrganization } from "../support/Samples.ts"
import {
  acceptedBy,
  advance,
  claim,
  claimOne,
  LEASE_MS,
  parkedFor,
  record,
  retryIn,
  type SagaBench,
  StorageBench,
  soldOut,
  turnedBack,
  worked
} from "./SagaBench.ts"

const RETRY_MS = 64_000

const see = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
  const operations = yield* SagaOperations
  return Option.getOrThrow(yield* operations.find(organizationId, orderId))
})

const idsFor = Effect.fnUntraced(function* (organizationId: OrganizationId, filter: SagaFilter, action?: SagaAction) {
  const operations = yield* SagaOperations
  const page = yield* operations.select(organizationId, { filter, action, after: undefined, limit: 100 })
  return page.executions.map(({ orderId }) => orderId)
})

/** Sees an execution and intervenes in it. */
const act = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId, action: SagaAction) {
  const operations = yield* SagaOperations
  const seen = [{ orderId, version: versionOf(yield* see(organizationId, orderId)) }]
  const [result] = yield* operations.intervene(organizationId, seen, { action, principal: "ada", reason: "because" })
  return result ?? (yield* Effect.die(new Error("no result")))
})

const tagOf = (result: InterventionResult) => result._tag

const timelineOf = Effect.fnUntraced(function* (organizationId: OrganizationId, orderId: OrderId) {
  const ledger = yield* OrderLedger
  const entries = yield* ledger.timeline(organizationId, orderId)
  return entries.map(({ detail, outcome, principal, step }) => [step, outcome, principal, detail])
})

const last = <A>(items: ReadonlyArray<A>) => items.at(-1)

/** One order in every place that an operator can meet one in. */
const places = Effect.gen(function* () {
  const ledger = yield* OrderLedger
  const organizationId = makeOrganization()
  const order = Effect.map(
    Effect.suspend(() => acceptedBy(organizationId)),
    ({ orderId }) => orderId
  )
  const waiting = yield* order
  yield* worked(waiting, advance("ORDER_CREATED"), retryIn(RETRY_MS, 3))
  const parked = yield* order
  yield* worked(parked, advance("ORDER_CREATED"), advance("INVENTORY_RESERVED"), parkedFor("capture: Blocked card"))
  const compensating = yield* order
  yield* worked(compensating, turnedBack(), retryIn(RETRY_MS, 1, ["settle"]))
  const completed = yield* order
  yield* worked(completed, { _tag: "Complete", events: [], failureIfCancelled: soldOut })
  const executing = yield* order
  yield* worked(executing, advance("ORDER_CREATED"), advance("INVENTORY_RESERVED"), advance("PAYMENT_CAPTURED"))
  const due = yield* order
  const refused = yield* begun()
  yield* ledger.conclude([declined(refused.authorization)])
  return { organizationId, waiting, parked, compensating, completed, executing, due, refused }
})

export const sagaOperationsContract: Readonly<Record<string, Effect.Effect<void, never, SagaBench>>> = {
  "tells where every execution is and what it is at": Effect.gen(function* () {
    const { compensating, completed, due, executing, organizationId, parked, refused, waiting } = yield* places
    const all = yield* Effect.forEach([due, executing, waiting, parked, compensating, completed], (orderId) =>
      see(organizationId, orderId)
    )
    assert.deepStrictEqual(
      all.map(({ attempts, state, status }) => [status, state, attempts]),
      [
        ["AUTHORIZED", "DUE", 0],
        ["PAYMENT_CAPTURED", "EXECUTING", 0],
        ["ORDER_CREATED", "WAITING", 3],
        ["INVENTORY_RESERVED", "PARKED", 0],
        ["COMPENSATING", "WAITING", 1],
        ["COMPLETED", "ENDED", 0]
      ]
    )
    const [, leased, retried, stopped, undoing] = all
    assert.isDefined(leased?.leasedUntil)
    assert.isDefined(retried?.nextRetryAt)
    assert.strictEqual(stopped?.parkReason, "capture: Blocked card")
    assert.deepStrictEqual([undoing?.failure, undoing?.undone], [soldOut, ["settle"]])
    const declinedOne = yield* see(refused.authorization.organizationId, refused.orderId)
    assert.deepStrictEqual([declinedOne.status, declinedOne.state], ["AUTHORIZATION_FAILED", "ENDED"])
  }),

  "knows no order that is not the organization's": Effect.gen(function* () {
    const operations = yield* SagaOperations
    const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
    assert.isTrue(Option.isNone(yield* operations.find(makeOrganization(), orderId)))
    assert.isTrue(Option.isNone(yield* operations.find(organizationId, makeOrderId())))
    assert.deepStrictEqual(yield* operations.whose(orderId, [makeOrganization(), organizationId]), [organizationId])
    assert.deepStrictEqual(yield* operations.whose(orderId, [makeOrganization()]), [])
    assert.deepStrictEqual(yield* operations.whose(makeOrderId(), [organizationId]), [])
    assert.deepStrictEqual(yield* idsFor(makeOrganization(), {}), [])
    const seen = [{ orderId, version: versionOf(yield* see(organizationId, orderId)) }]
    const intervention = { action: "park", principal: "ada", reason: "because" } as const
    const results = yield* operations.intervene(makeOrganization(), seen, intervention)
    assert.deepStrictEqual(results, [{ _tag: "Unknown" }])
    assert.strictEqual((yield* see(organizationId, orderId)).state, "DUE")
  }),

  "selects what has not ended, the oldest first, page by page": Effect.gen(function* () {
    const operations = yield* SagaOperations
    const { compensating, due, executing, organizationId, parked, waiting } = yield* places
    const unfinished = [waiting, parked, compensating, executing, due]
    assert.deepStrictEqual(yield* idsFor(organizationId, {}), unfinished)
    const paged: Array<OrderId> = []
    let after: OrderId | undefined
    do {
      const page = yield* operations.select(organizationId, { filter: {}, action: undefined, after, limit: 2 })
      paged.push(...page.executions.map(({ orderId }) => orderId))
      after = page.next
    } while (after !== undefined)
    assert.deepStrictEqual(paged, unfinished)
  }),

  "selects by status, step, parking, ages and texts": Effect.gen(function* () {
    const clock = yield* StorageBench
    const { compensating, due, executing, organizationId, parked, waiting } = yield* places
    const found = (filter: SagaFilter) => idsFor(organizationId, filter)
    assert.deepStrictEqual(yield* found({ status: "ORDER_CREATED" }), [waiting])
    assert.deepStrictEqual(yield* found({ step: "create" }), [due])
    assert.deepStrictEqual(yield* found({ step: "reserve" }), [waiting])
    assert.deepStrictEqual(yield* found({ step: "confirm" }), [executing])
    assert.deepStrictEqual(yield* found({ step: "settle" }), [])
    assert.deepStrictEqual(yield* found({ step: "release" }), [compensating])
    assert.deepStrictEqual(yield* found({ isParked: true }), [parked])
    assert.deepStrictEqual(yield* found({ isParked: false }), [waiting, compensating, executing, due])
    assert.deepStrictEqual(yield* found({ text: "blocked CARD" }), [parked])
    assert.deepStrictEqual(yield* found({ text: "none are" }), [compensating])
    assert.deepStrictEqual(yield* found({ text: "100%_" }), [])
    assert.deepStrictEqual(yield* found({ minAgeMs: 60_000 }), [])
    yield* clock.pass(100_000)
    const { orderId: young } = yield* acceptedBy(organizationId)
    yield* act(organizationId, parked, "resume")
    const old = [waiting, parked, compensating, executing, due]
    assert.deepStrictEqual(yield* found({}), [...old, young])
    assert.deepStrictEqual(yield* found({ minAgeMs: 60_000 }), old)
    assert.deepStrictEqual(
      yield* found({ minAgeMs: 60_000, minStoodStillMs: 60_000, status: "INVENTORY_RESERVED" }),
      []
    )
    assert.deepStrictEqual(yield* found({ minStoodStillMs: 60_000, step: "reserve" }), [waiting])
  }),

  "finds the problem of the latest run, and none once it has got over it": Effect.gen(function* () {
    const clock = yield* StorageBench
    const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
    const failed = {
      step: "create",
      number: 1,
      outcome: "UNAVAILABLE",
      detail: "no route to host",
      durationMs: 7
    } as const
    yield* record(yield* claimOne(orderId), retryIn(1_000), [failed])
    const { problem } = yield* see(organizationId, orderId)
    assert.deepStrictEqual([problem?.step, problem?.outcome, problem?.detail], ["create", "UNAVAILABLE", failed.detail])
    assert.deepStrictEqual(yield* idsFor(organizationId, { text: "route" }), [orderId])
    yield* clock.pass(2_000)
    const done = { ...failed, number: 2, outcome: "DONE", detail: undefined } as const
    yield* record(yield* claimOne(orderId), advance("ORDER_CREATED"), [done])
    assert.isUndefined((yield* see(organizationId, orderId)).problem)
    assert.deepStrictEqual(yield* idsFor(organizationId, { text: "route" }), [])
  }),

  "selects for each action what it applies to, and refuses everything else": Effect.gen(function* () {
    const operations = yield* SagaOperations
    const { organizationId, ...orders } = yield* places
    const { refused: _, ...own } = orders
    const applies = {
      retry: ["waiting", "compensating"],
      compensate: ["waiting", "parked", "executing", "due"],
      park: ["waiting", "compensating", "executing", "due"],
      resume: ["parked"]
    }
    for (const action of SAGA_ACTIONS) {
      const selected = yield* idsFor(organizationId, {}, action)
      const names = Object.entries(own).flatMap(([name, orderId]) => (selected.includes(orderId) ? [name] : []))
      assert.sameMembers(names, applies[action], action)
      for (const [name, orderId] of Object.entries(own)) {
        if (applies[action].includes(name)) continue
        const before = yield* see(organizationId, orderId)
        const result = yield* act(organizationId, orderId, action)
        assert.strictEqual(tagOf(result), "Refused", `${action} of ${name}`)
        assert.strictEqual(versionOf(yield* see(organizationId, orderId)), versionOf(before))
      }
    }
    assert.deepStrictEqual(
      yield* operations.intervene(organizationId, [], { action: "park", principal: "a", reason: "b" }),
      []
    )
  }),

  "retries now: a waiting order is due, with the attempts that it had": Effect.gen(function* () {
    const { organizationId, waiting } = yield* places
    const before = yield* see(organizationId, waiting)
    assert.strictEqual(tagOf(yield* act(organizationId, waiting, "retry")), "Applied")
    const after = yield* see(organizationId, waiting)
    assert.deepStrictEqual([after.state, after.attempts, after.epoch], ["DUE", 3, before.epoch + 1])
    const claimed = yield* claimOne(waiting)
    assert.deepStrictEqual([claimed.attempts, claimed.epoch], [3, before.epoch + 2])
    assert.deepStrictEqual(last(yield* timelineOf(organizationId, waiting)), ["reserve", "RETRIED", "ada", "because"])
  }),

  "compensates now, from wherever it stands: it turns back with a failure that says who and why": Effect.gen(
    function* () {
      const { due, executing, organizationId, parked, waiting } = yield* places
      const steps = [
        [due, "create"],
        [waiting, "reserve"],
        [parked, "capture"],
        [executing, "confirm"]
      ] as const
      for (const [orderId, step] of steps) {
        const before = yield* see(organizationId, orderId)
        assert.strictEqual(tagOf(yield* act(organizationId, orderId, "compensate")), "Applied")
        const after = yield* see(organizationId, orderId)
        const { attempts, epoch, parkReason, state, status } = after
        assert.deepStrictEqual([status, state, attempts, parkReason], ["COMPENSATING", "DUE", 0, undefined])
        assert.strictEqual(epoch, before.epoch + 1)
        assert.deepInclude(after.failure, { step, code: "compensated_by_operator" })
        assert.deepStrictEqual(after.failure?.details, { operator: "ada", reason: "because" })
        assert.deepStrictEqual(last(yield* timelineOf(organizationId, orderId)), [
          step,
          "TURNED_BACK",
          "ada",
          "because"
        ])
      }
      const claimed = yield* claim
      assert.includeMembers(
        claimed.filter(({ status }) => status === "COMPENSATING").map(({ sagaId }) => sagaId),
        [due, waiting, parked, executing]
      )
    }
  ),

  "parks in its place, claims it no more, and resumes it with all attempts": Effect.gen(function* () {
    const clock = yield* StorageBench
    const { organizationId, waiting } = yield* places
    assert.strictEqual(tagOf(yield* act(organizationId, waiting, "park")), "Applied")
    yield* clock.pass(10 * RETRY_MS)
    assert.isFalse((yield* claim).some(({ sagaId }) => sagaId === waiting))
    const parked = yield* see(organizationId, waiting)
    assert.deepStrictEqual([parked.status, parked.state, parked.parkReason], ["ORDER_CREATED", "PARKED", "because"])
    assert.strictEqual(tagOf(yield* act(organizationId, waiting, "resume")), "Applied")
    const resumed = yield* see(organizationId, waiting)
    assert.deepStrictEqual([resumed.state, resumed.attempts, resumed.parkReason], ["DUE", 0, undefined])
    const claimed = yield* claimOne(waiting)
    assert.deepStrictEqual([claimed.status, claimed.attempts, claimed.epoch], ["ORDER_CREATED", 0, parked.epoch + 2])
    assert.deepStrictEqual((yield* timelineOf(organizationId, waiting)).slice(-2), [
      ["reserve", "PARKED", "ada", "because"],
      ["reserve", "RESUMED", "ada", "because"]
    ])
  }),

  "changes nothing of what has moved since it was seen: by a worker, by time and a worker, by another operator":
    Effect.gen(function* () {
      const operations = yield* SagaOperations
      const clock = yield* StorageBench
      const { executing, organizationId, parked, waiting } = yield* places
      const seen = yield* Effect.forEach([executing, parked, waiting], (orderId) =>
        Effect.map(see(organizationId, orderId), (one) => ({ orderId, version: versionOf(one) }))
      )
      yield* act(organizationId, parked, "resume")
      yield* clock.pass(Math.max(RETRY_MS, LEASE_MS))
      yield* claim
      const before = yield* Effect.forEach(seen, ({ orderId }) => timelineOf(organizationId, orderId))
      for (const action of SAGA_ACTIONS) {
        const results = yield* operations.intervene(organizationId, seen, { action, principal: "bob", reason: "late" })
        assert.deepStrictEqual(results.map(tagOf), ["Moved", "Moved", "Moved"])
      }
      assert.deepStrictEqual(yield* Effect.forEach(seen, ({ orderId }) => timelineOf(organizationId, orderId)), before)
    }),

  "changes nothing of what its customer has asked to cancel since it was seen, although no worker has come to it yet":
    Effect.gen(function* () {
      const operations = yield* SagaOperations
      const ledger = yield* OrderLedger
      const { executing, organizationId, parked, waiting } = yield* places
      const orders = [executing, parked, waiting]
      const seen = yield* Effect.forEach(orders, (orderId) =>
        Effect.map(see(organizationId, orderId), (one) => ({ orderId, version: versionOf(one) }))
      )
      for (const orderId of orders) yield* ledger.requestCancel(organizationId, orderId)
      for (const action of SAGA_ACTIONS) {
        const results = yield* operations.intervene(organizationId, seen, { action, principal: "bob", reason: "late" })
        assert.deepStrictEqual(results.map(tagOf), ["Moved", "Moved", "Moved"])
      }
      assert.strictEqual((yield* see(organizationId, parked)).state, "DUE")
      assert.strictEqual(tagOf(yield* act(organizationId, waiting, "retry")), "Applied")
    }),

  "is not moved by time alone": Effect.gen(function* () {
    const clock = yield* StorageBench
    const { organizationId, waiting } = yield* places
    const version = versionOf(yield* see(organizationId, waiting))
    yield* clock.pass(2 * RETRY_MS)
    const later = yield* see(organizationId, waiting)
    assert.deepStrictEqual([later.state, versionOf(later)], ["DUE", version])
  }),

  "takes an execution out of its worker's hands: what the worker records is lost, and its lease is not renewed":
    Effect.gen(function* () {
      const store = yield* OrderSagaStore
      for (const action of ["park", "compensate"] as const) {
        const { orderId, organizationId } = yield* acceptedBy(makeOrganization())
        const saga = yield* claimOne(orderId)
        assert.strictEqual(tagOf(yield* act(organizationId, orderId, action)), "Applied")
        const standing = yield* see(organizationId, orderId)
        assert.deepStrictEqual(yield* store.renew([saga], LEASE_MS), [false])
        for (const change of [advance("ORDER_CREATED"), retryIn(RETRY_MS), parkedFor("no"), turnedBack()]) {
          assert.deepStrictEqual(yield* record(saga, change), { _tag: "Lost" })
        }
        assert.strictEqual(versionOf(yield* see(organizationId, orderId)), versionOf(standing))
      }
    }),

  "gives one result for each of many, in their order": Effect.gen(function* () {
    const operations = yield* SagaOperations
    const { completed, due, organizationId, parked, waiting } = yield* places
    const seen = yield* Effect.forEach([waiting, completed, due, parked], (orderId) =>
      Effect.map(see(organizationId, orderId), (one) => ({ orderId, version: versionOf(one) }))
    )
    yield* act(organizationId, due, "park")
    const asked = [...seen, { orderId: makeOrderId(), version: "0-AUTHORIZED-0-0" }]
    const intervention = { action: "park", principal: "ada", reason: "all of them" } as const
    const results = yield* operations.intervene(organizationId, asked, intervention)
    assert.deepStrictEqual(results.map(tagOf), ["Applied", "Refused", "Moved", "Refused", "Unknown"])
    assert.strictEqual((yield* see(organizationId, waiting)).parkReason, "all of them")
  }),

  "names the organizations with unfinished orders, in order": Effect.gen(function* () {
    const operations = yield* SagaOperations
    const first = yield* acceptedBy(makeOrganization())
    const second = yield* acceptedBy(makeOrganization())
    const ended = yield* acceptedBy(makeOrganization())
    yield* worked(ended.orderId, { _tag: "Complete", events: [], failureIfCancelled: soldOut })
    assert.deepStrictEqual(yield* operations.organizations(undefined, 10), [
      first.organizationId,
      second.organizationId
    ])
    assert.deepStrictEqual(yield* operations.organizations(undefined, 1), [first.organizationId])
    assert.deepStrictEqual(yield* operations.organizations(first.organizationId, 10), [second.organizationId])
  })
}

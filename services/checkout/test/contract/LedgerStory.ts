import type { ClaimedSaga, Transition } from "@valerix/saga"
import { Aliases } from "@valerix/testing"
import { Effect, Option } from "effect"
import fc from "fast-check"
import { type Authorization, type Conclusion, OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"
import { ledgerStatesOf } from "../../src/domain/LedgerStatus.ts"
import { abandoned, authorized, declined } from "../support/Orders.ts"
import { makeOrganization, newEntry, tenantOf, withOtherBody } from "../support/Samples.ts"
import { LedgerBooks } from "./LedgerBooks.ts"
import { tooFew } from "./Steps.ts"

/** Two organizations, in one of them two principals, two keys each. */
const KEYS = 6
const MINUTE_MS = 60_000
const EXPIRES_IN_MS = 30 * MINUTE_MS

type Ending = "authorized" | "declined" | "abandoned"

interface Concluded {
  readonly key: number
  readonly generationsAgo: number
  readonly ending: Ending
  /** Whether another organization names it. */
  readonly isStrange: boolean
}

type Change = Transition["change"]["_tag"]

export type LedgerStep =
  | {
      readonly does: "begin"
      readonly requests: ReadonlyArray<{ readonly key: number; readonly isOther: boolean }>
      readonly leaseMin: number
    }
  | { readonly does: "conclude" | "abandon unless concluded"; readonly conclusions: ReadonlyArray<Concluded> }
  | { readonly does: "sweep"; readonly settles: boolean; readonly retryMin: number }
  | { readonly does: "recall" | "cancel" | "cancel for another" | "read"; readonly key: number }
  | { readonly does: "pass time"; readonly minutes: number }
  | { readonly does: "claim"; readonly leaseMin: number }
  | { readonly does: "renew" | "record"; readonly changes: ReadonlyArray<Change> }

const key = fc.nat(KEYS - 1)
const minutes = fc.nat(4)

const step: fc.Arbitrary<LedgerStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("begin" as const),
      // A key may stand twice, with different requests.
      requests: fc.uniqueArray(fc.record({ key, isOther: fc.constantFrom(false, false, true) }), {
        maxLength: KEYS,
        selector: (one) => `${one.key} ${one.isOther}`
      }),
      leaseMin: minutes
    })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom("conclude" as const, "conclude" as const, "abandon unless concluded" as const),
      conclusions: fc.uniqueArray(
        fc.record({
          key,
          generationsAgo: fc.constantFrom(0, 0, 0, 1),
          ending: fc.constantFrom<Ending>("authorized", "authorized", "declined", "abandoned"),
          isStrange: fc.constantFrom(false, false, false, true)
        }),
        { maxLength: KEYS, selector: (one) => `${one.key} ${one.generationsAgo} ${one.isStrange}` }
      )
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("sweep" as const), settles: fc.boolean(), retryMin: minutes })
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom("recall" as const, "cancel" as const, "cancel" as const), key })
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom("cancel for another" as const, "read" as const), key })
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("pass time" as const), minutes }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("claim" as const), leaseMin: fc.integer({ min: 1, max: 4 }) })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom("record" as const, "record" as const, "renew" as const),
      changes: fc.array(
        fc.constantFrom<Change>("Advance", "Advance", "Retry", "Compensate", "Complete", "Complete", "Fail", "Park"),
        { minLength: KEYS, maxLength: KEYS }
      )
    })
  }
)

/** What edges, sweeps, orchestrators and customers do, one after the other. */
export const ledgerStories: fc.Arbitrary<ReadonlyArray<LedgerStep>> = fc.array(step, { minLength: 6, maxLength: 24 })

const conclusionOf = (ending: Ending, authorization: Authorization, nowMs: number): Conclusion => {
  switch (ending) {
    case "authorized":
      return { ...authorized(authorization), expiresAt: new Date(nowMs + EXPIRES_IN_MS) }
    case "declined":
      return declined(authorization)
    case "abandoned":
      return abandoned(authorization)
  }
}

const NEXT = ["AUTHORIZED", "ORDER_CREATED", "INVENTORY_RESERVED", "PAYMENT_CAPTURED"]

const changeOf = (tag: Change, saga: ClaimedSaga): Transition["change"] => {
  switch (tag) {
    case "Advance":
      return { _tag: tag, status: NEXT[NEXT.indexOf(saga.status) + 1] ?? "PAYMENT_CAPTURED" }
    case "Retry":
      return { _tag: tag, attempts: saga.attempts + 1, unsent: saga.attempts % 2, undone: [], delayMs: MINUTE_MS }
    case "Compensate":
      return { _tag: tag, failure: tooFew }
    case "Complete":
      return { _tag: tag, events: [], failureIfCancelled: tooFew }
    case "Fail":
      return { _tag: tag, undone: ["settle", "release", "cancel"], events: [] }
    case "Park":
      return { _tag: tag, reason: "nobody knows" }
  }
}

const transitionOf = (saga: ClaimedSaga, tag: Change): Transition => ({
  organizationId: saga.organizationId,
  sagaId: saga.sagaId,
  epoch: saga.epoch,
  expectedStatus: saga.status,
  attempts: [{ step: "some", number: saga.attempts + 1, outcome: "DONE", detail: undefined, durationMs: 1.5 }],
  change: changeOf(tag, saga)
})

/** Tells a story to a ledger, and gives what it answered and what it holds in the end. */
export const tellLedger = Effect.fnUntraced(function* (story: ReadonlyArray<LedgerStep>) {
  const ledger = yield* OrderLedger
  const store = yield* OrderSagaStore
  const books = yield* LedgerBooks
  const aliases = new Aliases()
  const seen: Array<unknown> = []
  const organizations = [makeOrganization(), makeOrganization()] as const
  const [here, there] = organizations
  const entries = [tenantOf(here), tenantOf(here, "bob"), tenantOf(there)].flatMap((tenant) =>
    ["one", "two"].map((idempotencyKey) => newEntry({ tenant, idempotencyKey }))
  )
  seen.push(aliases.of(entries.map(({ tenant }) => tenant)))
  const newest = new Map<number, Authorization>()
  let claimed: ReadonlyArray<ClaimedSaga> = []

  const entryAt = (index: number) => entries[index] ?? newEntry()
  const see = (what: unknown) => Effect.map(books.nowMs, (nowMs) => seen.push(aliases.of(what, nowMs)))
  const seeSorted = (what: ReadonlyArray<unknown>) =>
    Effect.map(books.nowMs, (nowMs) => seen.push(aliases.sorted(what, nowMs)))
  const otherThan = (organization: string) => (organization === here ? there : here)

  const concluding = (conclusions: ReadonlyArray<Concluded>, nowMs: number) =>
    conclusions.flatMap(({ ending, generationsAgo, isStrange, key }) => {
      const authorization = newest.get(key)
      if (authorization === undefined) return []
      const organizationId = isStrange ? otherThan(authorization.organizationId) : authorization.organizationId
      const generation = Math.max(1, authorization.generation - generationsAgo)
      return [conclusionOf(ending, { ...authorization, organizationId, generation }, nowMs)]
    })

  const act = Effect.fnUntraced(function* (one: LedgerStep) {
    switch (one.does) {
      case "begin": {
        const asked = one.requests.map(({ isOther, key }) => (isOther ? withOtherBody(entryAt(key)) : entryAt(key)))
        const begun = yield* ledger.begin(asked, one.leaseMin * MINUTE_MS)
        for (const [index, result] of begun.entries()) {
          const key = one.requests[index]?.key
          if (result._tag === "Begun" && key !== undefined) newest.set(key, result.authorization)
        }
        return yield* see(begun)
      }
      case "conclude":
      case "abandon unless concluded": {
        const conclusions = concluding(one.conclusions, yield* books.nowMs)
        const answer =
          one.does === "conclude"
            ? ledger.conclude(conclusions)
            : ledger.abandonUnlessConcluded(conclusions, "no answer came")
        return yield* see(yield* answer)
      }
      case "sweep": {
        const taken = yield* ledger.abandonExpired({ limit: 100, retryMs: one.retryMin * MINUTE_MS })
        if (one.settles) yield* ledger.forgetSettled(taken)
        return yield* seeSorted(taken)
      }
      case "recall":
        return yield* see(yield* ledger.recall(entryAt(one.key)))
      case "cancel":
      case "cancel for another": {
        const order = newest.get(one.key)
        if (order === undefined) return
        const { orderId, organizationId } = order
        const asking = one.does === "cancel" ? organizationId : otherThan(organizationId)
        return yield* see(Option.getOrUndefined(yield* ledger.requestCancel(asking, orderId)))
      }
      case "read":
        return yield* look
      case "pass time":
        return yield* books.passTime(one.minutes * MINUTE_MS)
      case "claim": {
        const limits = { limit: 100, weightMax: 1_000_000, leaseMs: one.leaseMin * MINUTE_MS }
        // In the order of the orders: whose turn it is has a contract of its own.
        claimed = (yield* store.claim(limits)).toSorted((a, b) => (a.sagaId < b.sagaId ? -1 : 1))
        return yield* see(claimed.map(withoutTimes))
      }
      case "renew":
        return yield* see(yield* store.renew(claimed, MINUTE_MS))
      case "record": {
        const transitions = claimed.map((saga, index) => transitionOf(saga, one.changes[index] ?? "Advance"))
        return yield* see(yield* store.record(transitions))
      }
    }
  })

  const look = Effect.gen(function* () {
    for (const organization of organizations) {
      const filter = { states: undefined, customerId: undefined, beforeOrderId: undefined, limit: 100 }
      yield* see(yield* ledger.list(organization, filter))
      yield* see(yield* ledger.list(organization, { ...filter, states: ledgerStatesOf("PENDING"), limit: 2 }))
    }
    const orders = [...newest.values()]
    const sagas = orders.flatMap(({ orderId: sagaId, organizationId }) => [
      { organizationId, sagaId },
      { organizationId: otherThan(organizationId), sagaId }
    ])
    yield* see(yield* ledger.load(sagas))
    yield* seeSorted([...(yield* ledger.statuses(sagas))])
    for (const { orderId, organizationId } of orders) {
      yield* see(yield* ledger.timeline(organizationId, orderId))
      yield* see(yield* books.queued(orderId))
      yield* see(yield* books.leases(orderId))
      yield* see(yield* books.events(orderId))
    }
    yield* see(Math.round(((yield* store.nextDueMs) ?? -MINUTE_MS) / MINUTE_MS))
    yield* seeSorted(yield* store.unfinishedVersions)
  })

  yield* Effect.forEach(story, act)
  yield* look
  return seen
})

/** What a claim gives, its times in whole minutes. */
const withoutTimes = ({ expiresInMs, unsentForMs, ...saga }: ClaimedSaga) => {
  const { attempts, cancelRequested, correlationId, epoch, failure, organizationId, sagaId, status, undone, unsent } =
    saga
  const minutesOf = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms / MINUTE_MS))
  return {
    ...{ attempts, cancelRequested, correlationId, epoch, failure, organizationId, sagaId, status, undone, unsent },
    unsentForMin: minutesOf(unsentForMs),
    expiresInMin: minutesOf(expiresInMs)
  }
}

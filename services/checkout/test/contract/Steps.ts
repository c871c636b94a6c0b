import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { ClaimedSaga, SagaFailure, Transition } from "@valerix/saga"
import { Effect, Option } from "effect"
import { type NewEntry, OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"
import type { LedgerStatus } from "../../src/domain/LedgerStatus.ts"
import { accepted, LEASE_MS } from "../support/Orders.ts"
import { LedgerBooks } from "./LedgerBooks.ts"

export const TAKE = { limit: 100, retryMs: LEASE_MS }

/** What the sweep takes. */
export const take = Effect.flatMap(OrderLedger, (ledger) => ledger.abandonExpired(TAKE))

/** Lets every lease run out. */
export const leasesRunOut = Effect.flatMap(LedgerBooks, ({ passTime }) => passTime(2 * LEASE_MS))

export const inBooks = <A>(look: (books: LedgerBooks["Service"]) => Effect.Effect<A>) =>
  Effect.flatMap(LedgerBooks, look)

interface Named {
  readonly organizationId: OrganizationId
  readonly orderId: OrderId
}

/** An order as the ledger gives it; dies if there is none. */
export const entryOf = Effect.fnUntraced(function* ({ orderId, organizationId }: Named) {
  const ledger = yield* OrderLedger
  return Option.getOrThrow(yield* ledger.find(organizationId, orderId))
})

/** Where an order stands with its authorization. */
export const standingOf = (order: Named) =>
  Effect.map(entryOf(order), ({ generation, isAbandoned, status }) => ({ status, generation, isAbandoned }))

/** What an order's timeline says: `authorize 1 DONE` and so on, in order. */
export const timelineOf = Effect.fnUntraced(function* ({ orderId, organizationId }: Named) {
  const ledger = yield* OrderLedger
  const timeline = yield* ledger.timeline(organizationId, orderId)
  return timeline.map(({ attempt, outcome, step }) => `${step} ${attempt} ${outcome}`)
})

export const eventTypesOf = (orderId: OrderId) =>
  Effect.map(
    inBooks(({ events }) => events(orderId)),
    (events) => events.map(({ eventType }) => eventType)
  )

export const tooFew: SagaFailure = { step: "reserve", code: "insufficient_stock", message: "There is too little." }

const PATH: ReadonlyArray<LedgerStatus> = ["AUTHORIZED", "ORDER_CREATED", "INVENTORY_RESERVED", "PAYMENT_CAPTURED"]

const changesTo = (status: LedgerStatus): ReadonlyArray<Transition["change"]> => {
  const compensate = { _tag: "Compensate", failure: tooFew } as const
  const advances = PATH.slice(1).map((next) => ({ _tag: "Advance", status: next }) as const)
  switch (status) {
    case "COMPENSATING":
      return [compensate]
    case "FAILED":
      return [compensate, { _tag: "Fail", undone: ["settle", "release", "cancel"], events: [] }]
    case "COMPLETED":
      return [...advances, { _tag: "Complete", events: [], failureIfCancelled: tooFew }]
    default:
      return advances.slice(0, PATH.indexOf(status))
  }
}

/** Writes one change of a claimed saga after another; dies if one of them is not applied. */
export const recordAll = Effect.fnUntraced(function* (saga: ClaimedSaga, changes: ReadonlyArray<Transition["change"]>) {
  const store = yield* OrderSagaStore
  let status = saga.status
  for (const change of changes) {
    const [recorded] = yield* store.record([{ ...saga, expectedStatus: status, attempts: [], change }])
    if (recorded?._tag !== "Applied") return yield* Effect.die(new Error(`${change._tag} was not applied`))
    status = recorded.status
  }
})

/** An accepted order that an orchestrator has brought to a status; it holds its lease still, unless the order has ended. */
export const orderIn = Effect.fnUntraced(function* (status: LedgerStatus, entry?: NewEntry) {
  const store = yield* OrderSagaStore
  const order = yield* accepted(entry)
  const claimed = yield* store.claim({ limit: 100, weightMax: 1_000_000, leaseMs: LEASE_MS })
  const saga = claimed.find(({ sagaId }) => sagaId === order.orderId)
  if (saga === undefined) return yield* Effect.die(new Error("the order was not to be claimed"))
  yield* recordAll(saga, changesTo(status))
  return { ...order, saga: { ...saga, status } }
})

/** The same, parked there. */
export const parkedIn = Effect.fnUntraced(function* (status: LedgerStatus, reason: string) {
  const order = yield* orderIn(status)
  yield* recordAll(order.saga, [{ _tag: "Park", reason }])
  return order
})

/** The orders that can be claimed now. */
export const claimable = Effect.gen(function* () {
  const store = yield* OrderSagaStore
  const claimed = yield* store.claim({ limit: 100, weightMax: 1_000_000, leaseMs: LEASE_MS })
  return claimed.map(({ sagaId }) => sagaId)
})

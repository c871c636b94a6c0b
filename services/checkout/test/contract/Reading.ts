import { assert } from "@effect/vitest"
import { MinorUnits, makeOrderId } from "@valerix/money-and-ids"
import { Effect, Option } from "effect"
import { type LedgerFilter, OrderLedger } from "../../src/application/ports/OrderLedger.ts"
import { OrderSagaStore } from "../../src/application/ports/OrderSagaStore.ts"
import { type LedgerStatus, ledgerStatesOf } from "../../src/domain/LedgerStatus.ts"
import { accepted, begun, declined, keyOf, LEASE_MS } from "../support/Orders.ts"
import { EUR, MUG, makeCustomer, makeOrganization, newEntry, PEN, sampleRequest, tenantOf } from "../support/Samples.ts"
import { LedgerBooks, type LedgerPromises } from "./LedgerBooks.ts"
import { entryOf, orderIn, recordAll } from "./Steps.ts"

const everything: LedgerFilter = { states: undefined, customerId: undefined, beforeOrderId: undefined, limit: 100 }

const at = (status: LedgerStatus) => ({ status, isBeingRetried: false })

/** How far PostgreSQL's clock may go on between a write and a look at it. */
const DRIFT_MS = 10_000

/** What can be read of orders. */
export const reading: LedgerPromises = {
  "gives an order as it was asked for": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { entry, orderId, organizationId } = yield* accepted()
    const found = Option.getOrThrow(yield* ledger.find(organizationId, orderId))
    const { createdAt, updatedAt, ...rest } = found
    const request = sampleRequest()
    assert.deepStrictEqual(rest, {
      organizationId,
      orderId,
      clientRequestId: entry.idempotencyKey,
      customerId: request.customerId,
      email: request.email,
      currency: EUR,
      totalMinor: entry.order.totalMinor,
      lines: [MUG, PEN],
      adjustments: [{ kind: "SHIPPING", amountMinor: MinorUnits.make(495), description: "Parcel" }],
      shippingAddress: request.shippingAddress,
      paymentMethod: "card",
      externalReference: "web-42",
      metadata: request.metadata,
      correlationId: "req-1",
      status: "AUTHORIZED",
      generation: 1,
      isAbandoned: false,
      paymentAuthorizationId: `auth-${orderId}-1`,
      retryCount: 0,
      nextRetryAt: undefined,
      cancelRequestedAt: undefined,
      failure: undefined,
      parkReason: undefined
    })
    assert.instanceOf(createdAt, Date)
    assert.isAtLeast(updatedAt.getTime(), createdAt.getTime())
  }),

  "gives what was left out as left out": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const request = {
      email: undefined,
      adjustments: [],
      shippingAddress: undefined,
      externalReference: undefined,
      metadata: undefined
    }
    const { orderId, organizationId } = yield* accepted(newEntry({ request, correlationId: undefined }))
    assert.deepInclude(Option.getOrThrow(yield* ledger.find(organizationId, orderId)), {
      email: undefined,
      adjustments: [],
      shippingAddress: undefined,
      externalReference: undefined,
      metadata: undefined,
      correlationId: undefined
    })
  }),

  "loads orders of several organizations in the order that they are asked for": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const [one, other] = [yield* accepted(), yield* accepted()]
    const nobody = { organizationId: one.organizationId, sagaId: makeOrderId() }
    const strayed = { organizationId: other.organizationId, sagaId: one.orderId }
    const loaded = yield* ledger.load([keyOf(other), nobody, strayed, keyOf(one)])
    assert.deepStrictEqual(
      loaded.map((entry) => entry?.orderId),
      [other.orderId, undefined, undefined, one.orderId]
    )
    for (const entry of loaded) if (entry !== undefined) assert.deepStrictEqual(entry.lines, [MUG, PEN])
  }),

  "lists an organization's orders, newest first, page by page": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const tenant = tenantOf(makeOrganization())
    const orders = yield* Effect.forEach(Array(5), () => accepted(newEntry({ tenant })))
    yield* accepted()
    const newestFirst = orders.map(({ orderId }) => orderId).toReversed()
    const first = yield* ledger.list(tenant.organizationId, { ...everything, limit: 2 })
    assert.deepStrictEqual(
      first.map(({ orderId }) => orderId),
      newestFirst.slice(0, 2)
    )
    const rest = yield* ledger.list(tenant.organizationId, { ...everything, beforeOrderId: first[1]?.orderId })
    assert.deepStrictEqual(
      rest.map(({ orderId }) => orderId),
      newestFirst.slice(2)
    )
    assert.deepStrictEqual(rest[0]?.lines, [MUG, PEN])
  }),

  "walks through an organization's orders, oldest first, page by page": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const tenant = tenantOf(makeOrganization())
    const orders = yield* Effect.forEach(Array(3), () => accepted(newEntry({ tenant })))
    yield* accepted()
    const oldestFirst = orders.map(({ orderId }) => orderId)
    const first = yield* ledger.walk(tenant.organizationId, { afterOrderId: undefined, limit: 2 })
    assert.deepStrictEqual(
      first.map(({ orderId }) => orderId),
      oldestFirst.slice(0, 2)
    )
    const rest = yield* ledger.walk(tenant.organizationId, { afterOrderId: first[1]?.orderId, limit: 2 })
    assert.deepStrictEqual(
      rest.map(({ orderId }) => orderId),
      oldestFirst.slice(2)
    )
    assert.deepStrictEqual(rest[0]?.lines, [MUG, PEN])
  }),

  "lists by status and by customer": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const tenant = tenantOf(makeOrganization())
    const customerId = makeCustomer()
    const good = yield* accepted(newEntry({ tenant, request: { customerId } }))
    const bad = yield* begun(newEntry({ tenant, request: { customerId } }))
    yield* ledger.conclude([declined(bad.authorization)])
    yield* accepted(newEntry({ tenant }))
    const list = (filter: Partial<LedgerFilter>) =>
      Effect.map(ledger.list(tenant.organizationId, { ...everything, ...filter }), (entries) =>
        entries.map(({ orderId }) => orderId)
      )
    assert.deepStrictEqual(yield* list({ customerId }), [bad.orderId, good.orderId])
    assert.deepStrictEqual(yield* list({ customerId, states: [at("AUTHORIZED"), at("COMPLETED")] }), [good.orderId])
    assert.deepStrictEqual(yield* list({ states: [at("AUTHORIZATION_FAILED")] }), [bad.orderId])
    assert.deepStrictEqual(yield* list({ states: [] }), [])
    assert.deepStrictEqual(yield* list({ customerId: makeCustomer() }), [])
  }),

  "lists what callers see in each status: what waits for its next attempt apart from what is under way": Effect.gen(
    function* () {
      const ledger = yield* OrderLedger
      const store = yield* OrderSagaStore
      const tenant = tenantOf(makeOrganization())
      const orders = new Map<string, string>()
      for (const status of ["ORDER_CREATED", "INVENTORY_RESERVED"] as const) {
        const change = { _tag: "Retry", attempts: 1, unsent: 0, undone: [], delayMs: 600_000 } as const
        const { orderId, saga } = yield* orderIn(status, newEntry({ tenant }))
        yield* store.record([{ ...saga, expectedStatus: status, attempts: [], change }])
        orders.set(status, orderId)
        orders.set(`moving ${status}`, (yield* orderIn(status, newEntry({ tenant }))).orderId)
      }
      const seenAs = (status: Parameters<typeof ledgerStatesOf>[0]) =>
        Effect.map(ledger.list(tenant.organizationId, { ...everything, states: ledgerStatesOf(status) }), (entries) =>
          entries.map(({ orderId }) => orderId)
        )
      assert.deepStrictEqual(yield* seenAs("PENDING_INVENTORY"), [orders.get("ORDER_CREATED")])
      assert.deepStrictEqual(yield* seenAs("PENDING_PAYMENT"), [orders.get("INVENTORY_RESERVED")])
      assert.deepStrictEqual(yield* seenAs("PENDING"), [
        orders.get("moving INVENTORY_RESERVED"),
        orders.get("moving ORDER_CREATED")
      ])
      assert.deepStrictEqual(yield* seenAs("CONFIRMED"), [])
    }
  ),

  "gives every attempt of an order, in order": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { entry, orderId } = yield* begun()
    const { organizationId } = entry.tenant
    yield* ledger.conclude([
      {
        organizationId,
        orderId,
        generation: 1,
        correlationId: undefined,
        _tag: "Abandoned",
        reason: "no answer",
        durationMs: 2000.4
      }
    ])
    yield* accepted(entry)
    const timeline = yield* ledger.timeline(organizationId, orderId)
    const first = { epoch: 0, principal: undefined }
    assert.deepStrictEqual(
      timeline.map(({ recordedAt: _, ...attempt }) => attempt),
      [
        { ...first, step: "authorize", attempt: 1, outcome: "UNAVAILABLE", detail: "no answer", durationMs: 2000 },
        { ...first, step: "authorize", attempt: 2, outcome: "DONE", detail: undefined, durationMs: 12 }
      ]
    )
    assert.deepStrictEqual(yield* ledger.timeline(organizationId, makeOrderId()), [])
  }),

  "gives the statuses of orders of several organizations": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const [one, other] = [yield* accepted(), yield* begun()]
    const nobody = { organizationId: one.organizationId, sagaId: makeOrderId() }
    const statuses = yield* ledger.statuses([keyOf(one), keyOf(other), nobody])
    assert.deepStrictEqual(
      [...statuses],
      [
        [one.orderId, "AUTHORIZED"],
        [other.orderId, "AWAITING_AUTHORIZATION"]
      ]
    )
  }),

  "shows no organization what is another's": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const { orderId } = yield* accepted()
    const stranger = makeOrganization()
    assert.deepStrictEqual(yield* ledger.find(stranger, orderId), Option.none())
    assert.deepStrictEqual(yield* ledger.list(stranger, everything), [])
    assert.deepStrictEqual(yield* ledger.timeline(stranger, orderId), [])
    assert.deepStrictEqual([...(yield* ledger.statuses([{ organizationId: stranger, sagaId: orderId }]))], [])
  }),

  "shows of an order that is tried again how often it was tried, and when it will be": Effect.gen(function* () {
    const ledger = yield* OrderLedger
    const store = yield* OrderSagaStore
    const { nowMs, passTime } = yield* LedgerBooks
    const order = yield* orderIn("ORDER_CREATED")
    const tried = { step: "reserve", number: 3, outcome: "UNAVAILABLE", detail: "no answer", durationMs: 12.6 } as const
    const change = { _tag: "Retry", attempts: 3, unsent: 0, undone: [], delayMs: 600_000 } as const
    const now = yield* nowMs
    yield* store.record([{ ...order.saga, expectedStatus: "ORDER_CREATED", attempts: [tried], change }])
    const { nextRetryAt, retryCount, updatedAt } = yield* entryOf(order)
    assert.strictEqual(retryCount, 3)
    assert.approximately(nextRetryAt?.getTime() ?? 0, now + 600_000, DRIFT_MS)
    assert.approximately(updatedAt.getTime(), now, DRIFT_MS)
    const [, attempt] = yield* ledger.timeline(order.organizationId, order.orderId)
    assert(attempt !== undefined)
    const { recordedAt, ...rest } = attempt
    assert.deepStrictEqual(rest, {
      step: "reserve",
      attempt: 3,
      outcome: "UNAVAILABLE",
      detail: "no answer",
      durationMs: 13,
      epoch: 1,
      principal: undefined
    })
    assert.approximately(recordedAt.getTime(), now, DRIFT_MS)
    yield* passTime(600_000)
    const [again] = yield* store.claim({ limit: 1, weightMax: 100, leaseMs: LEASE_MS })
    assert(again !== undefined)
    yield* recordAll(again, [{ _tag: "Advance", status: "INVENTORY_RESERVED" }])
    assert.deepInclude(yield* entryOf(order), { retryCount: 0, nextRetryAt: undefined })
  })
}

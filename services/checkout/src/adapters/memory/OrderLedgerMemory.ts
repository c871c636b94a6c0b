import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import { type Attempt, cancelledOnRequest, type SagaFailure, type SagaKey, SagaStoreMemory } from "@valerix/saga"
import type { Tenant } from "@valerix/tenancy"
import { Clock, Effect, Option, Schema } from "effect"
import { orderAuthorized } from "../../application/OrderEvents.ts"
import type {
  Authorization,
  Begun,
  CancelResult,
  Conclusion,
  LedgerEntry,
  NewEntry,
  OrderLedger,
  Recalled
} from "../../application/ports/OrderLedger.ts"
import { requestedFields } from "../../application/RequestedFields.ts"
import { detailOf, OUTCOME, UNCONCLUDED } from "../../application/TimelineOfAuthorization.ts"
import type { InterventionOutcome } from "../../domain/Intervention.ts"
import { EXECUTION_STATUSES, type LedgerState, LedgerStatus } from "../../domain/LedgerStatus.ts"
import { EPOCHS_SKIPPED } from "../../domain/Standstill.ts"

/** An entry at rest. From AUTHORIZED on, the saga store knows how far it has come. */
interface Entry {
  readonly tenant: Tenant
  readonly orderId: OrderId
  readonly request: NewEntry
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly status: "AWAITING_AUTHORIZATION" | "AUTHORIZATION_FAILED" | "AUTHORIZED"
  readonly generation: number
  readonly isAbandoned: boolean
  readonly authorizationId: string | undefined
  readonly cancelRequestedAtMs: number | undefined
  readonly failure: SagaFailure | undefined
}

interface Noted extends SagaKey, Omit<Attempt, "outcome"> {
  readonly outcome: InterventionOutcome
  readonly principal: string
  readonly epoch: number
  readonly place: number
  readonly recordedAtMs: number
}

interface EdgeLease {
  readonly authorization: Authorization
  readonly untilMs: number
}

/**
 * The ledger in memory, with its queue of sagas, for simulations: one call at a time. Its clock is Effect's, and its ids
 * come from outside, so that a simulation can be repeated.
 */
export class OrderLedgerMemory {
  readonly sagas = new SagaStoreMemory(EXECUTION_STATUSES)
  readonly entries = new Map<string, Entry>()
  readonly leases = new Map<string, EdgeLease>()
  /** Interventions in executions, each with how many attempts the timeline of all orders had before it. */
  readonly interventions: Array<Noted> = []
  private readonly byKey = new Map<string, OrderId>()
  private readonly newOrderId: () => OrderId
  private readonly sagaVersion: number

  constructor(options: { readonly newOrderId: () => OrderId; readonly sagaVersion: number }) {
    this.newOrderId = options.newOrderId
    this.sagaVersion = options.sagaVersion
  }

  readonly ledger: OrderLedger["Service"] = {
    begin: (entries, leaseMs) => now((nowMs) => entries.map((entry) => this.begin(entry, leaseMs, nowMs))),
    recall: (request) =>
      now((nowMs) => {
        const entry = this.findByKey(request)
        return entry === undefined ? undefined : this.recalledBy(entry, request.requestHash, nowMs)
      }),
    conclude: (conclusions) => now((nowMs) => conclusions.map((conclusion) => this.conclude(conclusion, nowMs))),
    abandonUnlessConcluded: (conclusions, reason) =>
      now((nowMs) => conclusions.map((conclusion) => this.abandonUnlessConcluded(conclusion, reason, nowMs))),
    abandonExpired: ({ limit, retryMs }) => now((nowMs) => this.abandonExpired(limit, retryMs, nowMs)),
    forgetSettled: (settled) =>
      Effect.sync(() => {
        for (const authorization of settled) this.leases.delete(leaseKeyOf(authorization))
      }),
    find: (organizationId, orderId) => Effect.sync(() => Option.fromUndefinedOr(this.entryOf(organizationId, orderId))),
    load: (sagas) => Effect.sync(() => sagas.map(({ organizationId, sagaId }) => this.entryOf(organizationId, sagaId))),
    list: (organizationId, { beforeOrderId, customerId, limit, states }) =>
      Effect.sync(() =>
        this.all()
          .filter((entry) => entry.organizationId === organizationId)
          .filter((entry) => states === undefined || states.some((state) => isIn(entry, state)))
          .filter((entry) => customerId === undefined || entry.customerId === customerId)
          .filter((entry) => beforeOrderId === undefined || entry.orderId < beforeOrderId)
          .sort((a, b) => (a.orderId < b.orderId ? 1 : -1))
          .slice(0, limit)
      ),
    walk: (organizationId, { afterOrderId, limit }) =>
      Effect.sync(() =>
        this.all()
          .filter((entry) => entry.organizationId === organizationId)
          .filter((entry) => afterOrderId === undefined || entry.orderId > afterOrderId)
          .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
          .slice(0, limit)
      ),
    timeline: (organizationId, orderId) =>
      Effect.sync(() =>
        [
          ...this.sagas.timeline.map((one, place) => ({ ...one, place: place + 1, principal: undefined })),
          ...this.interventions
        ]
          .filter((one) => one.organizationId === organizationId && one.sagaId === orderId)
          .sort((a, b) => a.place - b.place)
          .map(({ detail, durationMs, epoch, number, outcome, principal, recordedAtMs, step }) => {
            const recordedAt = new Date(recordedAtMs)
            return { step, attempt: number, outcome, detail, durationMs, epoch, principal, recordedAt }
          })
      ),
    statuses: (sagas) =>
      Effect.sync(() => {
        const found = sagas.flatMap(({ organizationId, sagaId }) => this.entryOf(organizationId, sagaId) ?? [])
        return new Map(found.map((entry) => [entry.orderId, entry.status]))
      }),
    requestCancel: (organizationId, orderId) => now((nowMs) => this.requestCancel(organizationId, orderId, nowMs))
  }

  /** Puts an order back that nothing would move on: into the queue, or before the sweep. False where something would. */
  putBack(orderId: OrderId, nowMs: number): boolean {
    const entry = this.entries.get(orderId)
    if (entry === undefined) return false
    if (entry.status === "AUTHORIZED") {
      if (this.sagas.sagas.has(orderId)) return false
      this.enqueue(entry, undefined, nowMs, EPOCHS_SKIPPED)
      return true
    }
    const authorization = authorizationOf(entry)
    const isWatched = entry.isAbandoned || this.leases.has(leaseKeyOf(authorization))
    if (entry.status !== "AWAITING_AUTHORIZATION" || isWatched) return false
    this.leases.set(leaseKeyOf(authorization), { authorization, untilMs: nowMs })
    return true
  }

  all(): ReadonlyArray<LedgerEntry> {
    return [...this.entries.values()].map((entry) => this.asLedgerEntry(entry))
  }

  private begin(request: NewEntry, leaseMs: number, nowMs: number): Begun {
    const existing = this.findByKey(request)
    if (existing === undefined) {
      const entry: Entry = {
        tenant: request.tenant,
        orderId: this.newOrderId(),
        request,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        status: "AWAITING_AUTHORIZATION",
        generation: 1,
        isAbandoned: false,
        authorizationId: undefined,
        cancelRequestedAtMs: undefined,
        failure: undefined
      }
      this.byKey.set(keyOf(request), entry.orderId)
      return this.lease(entry, leaseMs, nowMs)
    }
    const recalled = this.recalledBy(existing, request.requestHash, nowMs)
    if (recalled !== undefined) return recalled
    const again = { generation: existing.generation + 1, isAbandoned: false, updatedAtMs: nowMs }
    return this.lease({ ...existing, ...again }, leaseMs, nowMs)
  }

  private lease(entry: Entry, leaseMs: number, nowMs: number): Begun {
    const { createdAtMs, request } = entry
    this.entries.set(entry.orderId, entry)
    const authorization = authorizationOf(entry)
    this.leases.set(leaseKeyOf(authorization), { authorization, untilMs: nowMs + leaseMs })
    const { currency, lines, totalMinor } = request.order
    const { customerId } = request.order.request
    return { _tag: "Begun", authorization, totalMinor, currency, lines, customerId, createdAt: new Date(createdAtMs) }
  }

  private recalledBy(entry: Entry, requestHash: string, nowMs: number): Recalled | undefined {
    const { orderId } = entry
    if (entry.request.requestHash !== requestHash) return { _tag: "KeyReused" }
    if (entry.status !== "AWAITING_AUTHORIZATION") return { _tag: "Known", orderId }
    const lease = this.leases.get(leaseKeyOf(authorizationOf(entry)))
    const isLeased = !entry.isAbandoned && lease !== undefined && lease.untilMs > nowMs
    return isLeased ? { _tag: "InProgress", orderId } : undefined
  }

  private conclude(conclusion: Conclusion, nowMs: number): boolean {
    const entry = this.find(conclusion)
    const isOurs =
      entry !== undefined &&
      entry.generation === conclusion.generation &&
      entry.status === "AWAITING_AUTHORIZATION" &&
      !entry.isAbandoned
    if (!isOurs) return false
    const concluded: Entry = { ...entry, updatedAtMs: nowMs }
    this.note(conclusion, OUTCOME[conclusion._tag], detailOf(conclusion), conclusion.durationMs, nowMs)
    switch (conclusion._tag) {
      case "Authorized": {
        const { authorizationId, expiresAt } = conclusion
        this.entries.set(entry.orderId, { ...concluded, status: "AUTHORIZED", authorizationId })
        this.leases.delete(leaseKeyOf(conclusion))
        this.enqueue(entry, expiresAt, nowMs)
        this.sagas.events.push(orderAuthorized(conclusion, authorizedOrderOf(entry)))
        return true
      }
      case "Declined": {
        const { failure } = conclusion
        this.entries.set(entry.orderId, { ...concluded, status: "AUTHORIZATION_FAILED", failure })
        this.leases.delete(leaseKeyOf(conclusion))
        return true
      }
      case "Abandoned": {
        this.entries.set(entry.orderId, { ...concluded, isAbandoned: true })
        this.expire(conclusion, nowMs)
        return true
      }
    }
  }

  private abandonUnlessConcluded(conclusion: Conclusion, reason: string, nowMs: number): boolean {
    const { correlationId, durationMs, generation, orderId, organizationId } = conclusion
    const authorization = { organizationId, orderId, generation, correlationId }
    if (this.conclude({ ...authorization, _tag: "Abandoned", reason, durationMs }, nowMs)) return false
    const entry = this.find(authorization)
    return entry?.generation === generation && entry.status !== "AWAITING_AUTHORIZATION" && !entry.isAbandoned
  }

  private enqueue(entry: Entry, expiresAt: Date | undefined, nowMs: number, epoch = 0): void {
    this.sagas.put({
      organizationId: entry.tenant.organizationId,
      sagaId: entry.orderId,
      epoch,
      version: this.sagaVersion,
      status: EXECUTION_STATUSES.ready,
      attempts: 0,
      unsent: 0,
      unsentSinceMs: undefined,
      weight: entry.request.order.lines.length,
      expiresAtMs: expiresAt?.getTime(),
      visibleAtMs: nowMs,
      undone: [],
      cancelRequested: entry.cancelRequestedAtMs !== undefined,
      failure: undefined,
      nextRetryAtMs: undefined,
      parkReason: undefined,
      recordedAtMs: nowMs,
      correlationId: entry.request.correlationId
    })
  }

  private expire(authorization: Authorization, nowMs: number): void {
    const lease = this.leases.get(leaseKeyOf(authorization))
    if (lease !== undefined) this.leases.set(leaseKeyOf(authorization), { ...lease, untilMs: nowMs })
  }

  private abandonExpired(limit: number, retryMs: number, nowMs: number): ReadonlyArray<Authorization> {
    const expired = [...this.leases.values()]
      .filter(({ untilMs }) => untilMs <= nowMs)
      .sort((a, b) => a.untilMs - b.untilMs)
      .slice(0, limit)
      .sort((a, b) => a.authorization.generation - b.authorization.generation)
    return expired.flatMap(({ authorization }) => {
      this.leases.set(leaseKeyOf(authorization), { authorization, untilMs: nowMs + retryMs })
      const entry = this.find(authorization)
      if (entry === undefined) return []
      const isPresent = entry.generation === authorization.generation
      if (isPresent && entry.status === "AWAITING_AUTHORIZATION") this.abandon(entry)
      const after = this.find(authorization) ?? entry
      if (after !== entry) this.entries.set(after.orderId, { ...after, updatedAtMs: nowMs })
      const isAbandoned = !isPresent || after.isAbandoned
      if (isAbandoned && !this.isNoted(authorization)) {
        this.note(authorization, "UNAVAILABLE", UNCONCLUDED, 0, nowMs)
      }
      return isAbandoned ? [authorization] : []
    })
  }

  private abandon(entry: Entry): void {
    const isToEnd = entry.cancelRequestedAtMs !== undefined
    if (entry.isAbandoned && !isToEnd) return
    const abandoned: Entry = { ...entry, isAbandoned: true }
    this.entries.set(entry.orderId, isToEnd ? { ...abandoned, ...ENDED_UNANSWERED } : abandoned)
  }

  private requestCancel(organizationId: OrganizationId, orderId: OrderId, nowMs: number): Option.Option<CancelResult> {
    const entry = this.find({ organizationId, orderId })
    if (entry === undefined) return Option.none()
    const { failure, status } = this.asLedgerEntry(entry)
    if (status === "FAILED" || status === "AUTHORIZATION_FAILED") return Option.some({ _tag: "Ended", status, failure })
    const isFirst = entry.cancelRequestedAtMs === undefined
    if (status === "AWAITING_AUTHORIZATION" && entry.isAbandoned) {
      const cancelRequestedAtMs = entry.cancelRequestedAtMs ?? nowMs
      this.entries.set(orderId, { ...entry, ...ENDED_UNANSWERED, cancelRequestedAtMs, updatedAtMs: nowMs })
      return Option.some({ _tag: "Ended", ...ENDED_UNANSWERED })
    }
    if (isFirst) this.entries.set(orderId, { ...entry, cancelRequestedAtMs: nowMs, updatedAtMs: nowMs })
    const found = this.sagas.sagas.get(orderId)
    if (found === undefined) return Option.some({ _tag: "Requested" })
    const saga = isFirst ? { ...found, recordedAtMs: nowMs } : found
    if (status === "COMPLETED") {
      const compensating = { status: EXECUTION_STATUSES.compensating, failure: cancelledOnRequest("completed") }
      const turned = { visibleAtMs: nowMs, version: this.sagaVersion, cancelRequested: true }
      this.sagas.put({ ...saga, ...compensating, ...turned })
    } else if (status === "COMPENSATING") {
      this.sagas.put({ ...saga, cancelRequested: true })
    } else {
      const isParked = saga.visibleAtMs === Number.POSITIVE_INFINITY
      const goesOn = isParked ? { visibleAtMs: nowMs, recordedAtMs: nowMs } : {}
      this.sagas.put({ ...saga, cancelRequested: true, parkReason: undefined, ...goesOn })
    }
    return Option.some({ _tag: "Requested" })
  }

  private note(
    { generation, orderId, organizationId }: Authorization,
    outcome: Attempt["outcome"],
    detail: string | undefined,
    durationMs: number,
    nowMs: number
  ): void {
    const attempt = { step: "authorize", number: generation, outcome, detail, durationMs }
    this.sagas.note({ organizationId, sagaId: orderId, epoch: 0 }, attempt, nowMs)
  }

  private isNoted({ generation, orderId }: Authorization): boolean {
    return this.sagas.timeline.some(
      (one) => one.sagaId === orderId && one.step === "authorize" && one.number === generation
    )
  }

  private findByKey(request: { readonly tenant: Tenant; readonly idempotencyKey: string }): Entry | undefined {
    const orderId = this.byKey.get(keyOf(request))
    return orderId === undefined ? undefined : this.entries.get(orderId)
  }

  private find({ orderId, organizationId }: { readonly organizationId: OrganizationId; readonly orderId: string }) {
    const entry = this.entries.get(orderId)
    return entry?.tenant.organizationId === organizationId ? entry : undefined
  }

  private entryOf(organizationId: OrganizationId, orderId: string): LedgerEntry | undefined {
    const entry = this.find({ organizationId, orderId })
    return entry === undefined ? undefined : this.asLedgerEntry(entry)
  }

  private asLedgerEntry(entry: Entry): LedgerEntry {
    const { order } = entry.request
    const saga = this.sagas.sagas.get(entry.orderId)
    return {
      ...requestedFields(entry.request),
      organizationId: entry.tenant.organizationId,
      orderId: entry.orderId,
      customerId: order.request.customerId,
      currency: order.currency,
      totalMinor: order.totalMinor,
      lines: order.lines,
      correlationId: entry.request.correlationId,
      status: statusOf(saga?.status ?? entry.status),
      generation: entry.generation,
      isAbandoned: entry.isAbandoned,
      paymentAuthorizationId: entry.authorizationId,
      retryCount: saga?.attempts ?? 0,
      nextRetryAt: saga?.nextRetryAtMs === undefined ? undefined : new Date(saga.nextRetryAtMs),
      cancelRequestedAt: entry.cancelRequestedAtMs === undefined ? undefined : new Date(entry.cancelRequestedAtMs),
      failure: saga?.failure ?? entry.failure,
      parkReason: saga?.parkReason,
      createdAt: new Date(entry.createdAtMs),
      updatedAt: new Date(saga?.recordedAtMs ?? entry.updatedAtMs)
    }
  }
}

const now = <A>(what: (nowMs: number) => A): Effect.Effect<A> => Effect.map(Clock.currentTimeMillis, what)

const isIn = ({ nextRetryAt, status }: LedgerEntry, state: LedgerState): boolean =>
  status === state.status && (nextRetryAt !== undefined) === state.isBeingRetried

const statusOf = Schema.decodeUnknownSync(LedgerStatus)

/** An order that nobody was answered for, and that its customer does not want any more. */
const ENDED_UNANSWERED = { status: "AUTHORIZATION_FAILED", failure: cancelledOnRequest("authorize") } as const

const keyOf = (request: { readonly tenant: Tenant; readonly idempotencyKey: string }): string =>
  JSON.stringify([request.tenant.organizationId, request.tenant.principal, request.idempotencyKey])

const leaseKeyOf = ({ generation, orderId, organizationId }: Authorization): string =>
  `${organizationId}/${orderId}/${generation}`

const authorizationOf = ({ generation, orderId, request, tenant }: Entry): Authorization => ({
  organizationId: tenant.organizationId,
  orderId,
  generation,
  correlationId: request.correlationId
})

const authorizedOrderOf = ({ request: { order } }: Entry) => ({
  customerId: order.request.customerId,
  email: order.request.email,
  currency: order.currency,
  totalMinor: order.totalMinor
})

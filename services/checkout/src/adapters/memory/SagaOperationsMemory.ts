import type { OrderId, OrganizationId } from "@valerix/money-and-ids"
import type { StoredSaga } from "@valerix/saga"
import { Clock, Effect, Option } from "effect"
import type { LedgerEntry } from "../../application/ports/OrderLedger.ts"
import type {
  InterventionResult,
  SagaFilter,
  SagaOperations,
  SeenSaga
} from "../../application/ports/SagaOperations.ts"
import { type Execution, isUnfinished, stateOf, stepOf, versionOf } from "../../domain/Execution.ts"
import { type Intervened, type Intervention, intervened, refusalOf } from "../../domain/Intervention.ts"
import { EXECUTION_STATUSES } from "../../domain/LedgerStatus.ts"
import type { OrderLedgerMemory } from "./OrderLedgerMemory.ts"

/** The executions in a memory ledger, for simulations and tests: one call at a time. */
export class SagaOperationsMemory {
  private readonly ledger: OrderLedgerMemory

  constructor(ledger: OrderLedgerMemory) {
    this.ledger = ledger
  }

  readonly operations: SagaOperations["Service"] = {
    find: (organizationId, orderId) =>
      now((nowMs) => Option.fromUndefinedOr(this.execution(organizationId, orderId, nowMs))),
    whose: (orderId, among) =>
      Effect.sync(() =>
        this.ledger.all().flatMap((one) => {
          const isMeant = one.orderId === orderId && among.includes(one.organizationId)
          return isMeant ? [one.organizationId] : []
        })
      ),
    select: (organizationId, { action, after, filter, limit }) =>
      now((nowMs) => {
        const found = this.queued(organizationId, nowMs)
          .filter((one) => after === undefined || one.orderId > after)
          .filter((one) => fits(one, filter))
          .filter((one) => action === undefined || refusalOf(one, action) === undefined)
        const executions = found.slice(0, limit)
        return { executions, next: found.length > limit ? executions.at(-1)?.orderId : undefined }
      }),
    intervene: (organizationId, seen, intervention) =>
      now((nowMs) => seen.map((one) => this.intervene(organizationId, one, intervention, nowMs))),
    organizations: (after, limit) =>
      Effect.sync(() => {
        const unfinished = [...this.ledger.sagas.sagas.values()].filter(({ visibleAtMs }) => visibleAtMs !== undefined)
        const all = new Set(unfinished.map(({ organizationId }) => organizationId))
        return [...all]
          .toSorted()
          .filter((one) => after === undefined || one > after)
          .slice(0, limit)
      })
  }

  /** Writes an intervention in an execution that is in the queue. */
  write(execution: Execution, change: Intervened, nowMs: number): void {
    const saga = this.ledger.sagas.sagas.get(execution.orderId)
    if (saga === undefined) return
    const { failure, forgetsAttempts, isParked, reason } = change
    const forgotten = { attempts: 0, unsent: 0, unsentSinceMs: undefined, nextRetryAtMs: undefined }
    this.ledger.sagas.put({
      ...saga,
      ...(forgetsAttempts ? forgotten : { nextRetryAtMs: nowMs }),
      ...(failure === undefined ? {} : { failure, status: EXECUTION_STATUSES.compensating }),
      epoch: saga.epoch + 1,
      parkReason: isParked ? reason : undefined,
      visibleAtMs: isParked ? Number.POSITIVE_INFINITY : nowMs,
      recordedAtMs: nowMs
    })
    this.note(execution, change, nowMs)
  }

  /** Puts an intervention into the timeline, with the epoch that the execution has now. */
  note({ orderId, organizationId }: Execution, { outcome, principal, reason, step }: Intervened, nowMs: number): void {
    this.ledger.interventions.push({
      organizationId,
      sagaId: orderId,
      step,
      number: 0,
      outcome,
      detail: reason,
      durationMs: 0,
      principal,
      epoch: this.ledger.sagas.sagas.get(orderId)?.epoch ?? 0,
      place: this.ledger.sagas.timeline.length,
      recordedAtMs: nowMs
    })
  }

  /** The executions of an organization that have not ended, the oldest first. */
  private queued(organizationId: OrganizationId, nowMs: number): ReadonlyArray<Execution> {
    return this.ledger
      .all()
      .filter((entry) => entry.organizationId === organizationId && isUnfinished(entry.status))
      .map((entry) => this.executionOf(entry, nowMs))
      .filter(({ state }) => state !== "LOST")
      .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
  }

  execution(organizationId: OrganizationId, orderId: string, nowMs: number): Execution | undefined {
    const entry = this.ledger.all().find((one) => one.orderId === orderId && one.organizationId === organizationId)
    return entry === undefined ? undefined : this.executionOf(entry, nowMs)
  }

  private intervene(
    organizationId: OrganizationId,
    { orderId, version }: SeenSaga,
    intervention: Intervention,
    nowMs: number
  ): InterventionResult {
    const execution = this.execution(organizationId, orderId, nowMs)
    if (execution === undefined) return { _tag: "Unknown" }
    if (versionOf(execution) !== version) return { _tag: "Moved", execution }
    const why = refusalOf(execution, intervention.action)
    if (why !== undefined) return { _tag: "Refused", execution, why }
    this.write(execution, intervened(execution, intervention), nowMs)
    return { _tag: "Applied", execution: this.execution(organizationId, orderId, nowMs) ?? execution }
  }

  private executionOf(entry: LedgerEntry, nowMs: number): Execution {
    const saga = this.ledger.sagas.sagas.get(entry.orderId)
    const turn = turnOf(saga, nowMs)
    const state = stateOf(entry.status, turn)
    const { createdAt, orderId, organizationId, status } = entry
    const recordedAtMs = saga?.recordedAtMs ?? createdAt.getTime()
    const atMs = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms))
    return {
      organizationId,
      orderId,
      status,
      state,
      epoch: saga?.epoch ?? 0,
      sagaVersion: saga?.version ?? 0,
      attempts: saga?.attempts ?? 0,
      unsent: saga?.unsent ?? 0,
      undone: saga?.undone ?? [],
      nextRetryAt: state === "WAITING" ? atMs(saga?.nextRetryAtMs) : undefined,
      leasedUntil: state === "EXECUTING" ? atMs(saga?.visibleAtMs) : undefined,
      cancelRequested: entry.cancelRequestedAt !== undefined,
      failure: entry.failure,
      parkReason: entry.parkReason,
      problem: this.problemOf(orderId, recordedAtMs),
      createdAt,
      updatedAt: new Date(recordedAtMs),
      ageMs: nowMs - createdAt.getTime(),
      stoodStillMs: nowMs - recordedAtMs
    }
  }

  private problemOf(orderId: OrderId, recordedAtMs: number): Execution["problem"] {
    const latest = this.ledger.sagas.timeline.findLast((one) => one.sagaId === orderId)
    if (latest === undefined || latest.outcome === "DONE") return undefined
    const { detail, outcome, step } = latest
    return { step, outcome, detail, recordedAt: new Date(recordedAtMs) }
  }
}

const turnOf = (saga: StoredSaga | undefined, nowMs: number) =>
  saga?.visibleAtMs === undefined
    ? undefined
    : {
        isParked: saga.visibleAtMs === Number.POSITIVE_INFINITY,
        isAhead: saga.visibleAtMs > nowMs,
        isRetryAhead: saga.nextRetryAtMs !== undefined && saga.nextRetryAtMs > nowMs
      }

const fits = (one: Execution, filter: SagaFilter): boolean => {
  const texts = [one.parkReason, one.failure?.code, one.failure?.message, one.problem?.detail]
  const text = texts.filter((part) => part !== undefined).join(" ")
  return (
    (filter.status === undefined || one.status === filter.status) &&
    (filter.step === undefined || stepOf(one) === filter.step) &&
    (filter.isParked === undefined || (one.state === "PARKED") === filter.isParked) &&
    one.ageMs >= (filter.minAgeMs ?? 0) &&
    one.stoodStillMs >= (filter.minStoodStillMs ?? 0) &&
    (filter.text === undefined || text.toLowerCase().includes(filter.text.toLowerCase()))
  )
}

const now = <A>(what: (nowMs: number) => A): Effect.Effect<A> => Effect.map(Clock.currentTimeMillis, what)

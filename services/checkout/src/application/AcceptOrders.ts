import type { OrderId } from "@valerix/money-and-ids"
import { type AuthorizeOutcome, PaymentsCommands } from "@valerix/payments/contract"
import { type SagaFailure, withinLimit } from "@valerix/saga"
import { Clock, Context, Effect, Layer, Schedule } from "effect"
import { isolateCulprit } from "./IsolateCulprit.ts"
import {
  type Begun,
  type Conclusion,
  type LedgerEntry,
  type NewEntry,
  OrderLedger,
  type Recalled
} from "./ports/OrderLedger.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"
import { requestedFields } from "./RequestedFields.ts"

/** What came of one request to place an order. */
export type Accepted =
  /** On a live authorization: the order will be executed. */
  | { readonly _tag: "Accepted"; readonly entry: LedgerEntry }
  /** The same request was answered before. */
  | { readonly _tag: "Replayed"; readonly orderId: OrderId }
  | { readonly _tag: "Declined"; readonly orderId: OrderId; readonly failure: SagaFailure }
  | { readonly _tag: "InProgress" }
  | { readonly _tag: "KeyReused" }
  /** Nothing is final: the same request may be sent again. */
  | { readonly _tag: "Unavailable"; readonly reason: string }
  | { readonly _tag: "Refused"; readonly reason: string }

export interface AcceptOrdersOptions {
  /** How long an edge may take from writing an entry to concluding it, before the sweep undoes it. */
  readonly leaseMs: number
  readonly downstreamLimitMs: number
  /** How long the ledger is looked at again after it gave no answer to what it was to conclude. */
  readonly lookAgainLimitMs: number
}

/**
 * Accepts a batch of orders: writes their entries, authorizes their payments, concludes. One transaction, one call to
 * payments, one transaction, whatever the size of the batch. Equal requests under one key are made one.
 */
export class AcceptOrders extends Context.Service<
  AcceptOrders,
  (entries: ReadonlyArray<NewEntry>) => Effect.Effect<ReadonlyArray<Accepted>>
>()("@valerix/checkout/AcceptOrders") {
  static readonly layer = (options: AcceptOrdersOptions) => Layer.effect(AcceptOrders, makeAcceptOrders(options))
}

/** What an edge accepts orders with. */
interface Edge {
  readonly options: AcceptOrdersOptions
  readonly ledger: OrderLedger["Service"]
  readonly payments: PaymentsCommands["Service"]
  readonly wakeUp: SagaWakeUp["Service"]
}

const makeAcceptOrders = Effect.fnUntraced(function* (options: AcceptOrdersOptions) {
  const edge: Edge = {
    options,
    ledger: yield* OrderLedger,
    payments: yield* PaymentsCommands,
    wakeUp: yield* SagaWakeUp
  }
  return AcceptOrders.of((entries) => accept(edge, entries))
})

const accept = Effect.fnUntraced(function* (edge: Edge, entries: ReadonlyArray<NewEntry>) {
  const leaders = new Map<string, number>()
  const distinct: Array<NewEntry> = []
  const places = entries.map((entry) => {
    const leader = leaders.get(sameness(entry))
    if (leader !== undefined) return { leader, isFollower: true }
    leaders.set(sameness(entry), distinct.length)
    return { leader: distinct.push(entry) - 1, isFollower: false }
  })
  const results = yield* acceptDistinct(edge, distinct)
  return places.map(({ leader, isFollower }): Accepted => {
    const result = results[leader] ?? { _tag: "Unavailable", reason: "no result" }
    return isFollower ? resultOfFollower(result) : result
  })
})

const acceptDistinct = Effect.fnUntraced(function* (edge: Edge, entries: ReadonlyArray<NewEntry>) {
  const begun = yield* begin(edge, entries)
  const results = begun.map((one): Accepted => withoutAuthorization(one))
  const leased = begun.flatMap((one, index) => {
    const entry = entries[index]
    return one._tag === "Begun" && entry !== undefined ? [{ one, entry, index }] : []
  })
  if (leased.length === 0) return results
  const startedMs = yield* Clock.currentTimeMillis
  const answers = yield* authorize(edge, leased)
  const durationMs = (yield* Clock.currentTimeMillis) - startedMs
  const conclusions = leased.map(({ one }, position) => conclusionOf(one, answers[position], durationMs))
  const kept = yield* lookAgain(edge, conclusions, yield* conclude(edge, conclusions))
  leased.forEach(({ one, entry, index }, position) => {
    const conclusion = conclusions[position]
    if (conclusion !== undefined) results[index] = acceptedOf(one, entry, conclusion, kept[position] ?? TOO_LATE)
  })
  if (results.some((result) => result._tag === "Accepted")) yield* edge.wakeUp.wake
  return results
})

const begin = ({ ledger, options }: Edge, entries: ReadonlyArray<NewEntry>) =>
  isolateCulprit<NewEntry, Begun | NotBegun>(entries, {
    work: (some) => ledger.begin(some, options.leaseMs),
    refused: { _tag: "Refused", reason: "The order's data cannot be stored." },
    failed: (reason) => ({ _tag: "Unavailable", reason })
  })

const authorize = (
  { options, payments }: Edge,
  leased: ReadonlyArray<Leased>
): Effect.Effect<ReadonlyArray<AuthorizeOutcome>> => {
  const unavailable = (reason: string) => leased.map((): AuthorizeOutcome => ({ _tag: "Unavailable", reason }))
  const answered = payments
    .authorize(leased.map(authorizeCommand))
    .pipe(
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("Authorizing failed unexpectedly", defect), unavailable("unexpected error"))
      )
    )
  return withinLimit(answered, options.downstreamLimitMs, () =>
    unavailable(`no answer in ${options.downstreamLimitMs} ms`)
  )
}

const conclude = ({ ledger }: Edge, conclusions: ReadonlyArray<Conclusion>) =>
  isolateCulprit<Conclusion, Kept>(conclusions, {
    work: (some) => Effect.map(ledger.conclude(some), (isOurs) => isOurs.map((one) => (one ? KEPT : TOO_LATE))),
    refused: UNSTORABLE,
    failed: (reason) => ({ _tag: "Unknown", reason })
  })

/**
 * Looks at conclusions again whose writing got no answer: a connection may die after its COMMIT was done. What was
 * written stands, and is answered so; what was not is abandoned, which makes it true that nothing is final.
 */
const lookAgain = Effect.fnUntraced(function* (
  { ledger, options }: Edge,
  conclusions: ReadonlyArray<Conclusion>,
  kept: ReadonlyArray<Kept>
) {
  const unanswered = conclusions.flatMap((conclusion, index) =>
    kept[index]?._tag === "Unknown" ? [{ conclusion, index }] : []
  )
  if (unanswered.length === 0) return kept
  const asked = unanswered.map(({ conclusion }) => conclusion)
  const attempt = ledger.abandonUnlessConcluded(asked, "concluding it was not answered").pipe(
    Effect.sandbox,
    Effect.retry(Schedule.spaced(LOOK_AGAIN_EVERY_MS)),
    Effect.orDie,
    Effect.map((isConcluded) => isConcluded.map((one) => (one ? KEPT : GIVEN_UP)))
  )
  // If the database stays away, nobody here knows what became of it. The caller is told that the same request may be
  // sent again, and that finds the truth: a replay of what was written, or a new beginning after the sweep.
  const found = yield* withinLimit<ReadonlyArray<Kept>>(attempt, options.lookAgainLimitMs, () => [])
  const known = [...kept]
  unanswered.forEach(({ index }, position) => {
    known[index] = found[position] ?? kept[index] ?? TOO_LATE
  })
  return known
})

type NotBegun = Extract<Accepted, { readonly _tag: "Unavailable" | "Refused" }>

interface Leased {
  readonly one: Extract<Begun, { _tag: "Begun" }>
  readonly entry: NewEntry
}

/** Whether the ledger kept a conclusion. */
type Kept =
  | { readonly _tag: "Kept" }
  | { readonly _tag: "NotKept"; readonly reason: string }
  /** It was sent to the database, and no answer came. */
  | { readonly _tag: "Unknown"; readonly reason: string }

const KEPT: Kept = { _tag: "Kept" }
const GIVEN_UP: Kept = { _tag: "NotKept", reason: "the database is away" }
const TOO_LATE: Kept = {
  _tag: "NotKept",
  reason: "the payment's authorization came too late; it is being undone, and nothing is charged"
}
const UNSTORABLE: Kept = {
  _tag: "NotKept",
  reason: "the payment's authorization cannot be stored; it is being undone, and nothing is charged"
}

/** A lost connection is replaced at once; a server that restarts takes longer, but not longer than the limit is worth. */
const LOOK_AGAIN_EVERY_MS = 100

/** What two requests have in common that are one: the key and whose it is, and the body. */
const sameness = ({ tenant, idempotencyKey, requestHash }: NewEntry): string =>
  JSON.stringify([tenant.organizationId, tenant.principal, idempotencyKey, requestHash])

/** A request that came together with an equal one is answered as if it had come just after it. */
const resultOfFollower = (result: Accepted): Accepted => {
  if (result._tag === "Accepted") return { _tag: "Replayed", orderId: result.entry.orderId }
  if (result._tag === "Declined") return { _tag: "Replayed", orderId: result.orderId }
  return result
}

/** The answer to a request whose key was used before. */
export const acceptedAsRecalled = (recalled: Recalled): Accepted =>
  recalled._tag === "Known" ? { _tag: "Replayed", orderId: recalled.orderId } : { _tag: recalled._tag }

const withoutAuthorization = (begun: Begun | NotBegun): Accepted => {
  switch (begun._tag) {
    case "Begun":
      return { _tag: "Unavailable", reason: "not concluded" }
    case "Unavailable":
    case "Refused":
      return begun
    default:
      return acceptedAsRecalled(begun)
  }
}

const authorizeCommand = ({ one, entry }: Leased) => ({
  ...one.authorization,
  epoch: 0,
  customerId: one.customerId,
  amountMinor: one.totalMinor,
  currency: one.currency,
  method: entry.order.request.payment.method,
  token: entry.order.request.payment.token
})

const conclusionOf = (one: Leased["one"], answer: AuthorizeOutcome | undefined, durationMs: number): Conclusion => {
  switch (answer?._tag) {
    case "Authorized": {
      const { authorizationId, expiresAt } = answer
      return { ...one.authorization, _tag: "Authorized", authorizationId, expiresAt, durationMs }
    }
    case "Declined": {
      const details = { decline_code: answer.declineCode }
      const failure: SagaFailure = { step: "authorize", code: "payment_declined", message: answer.message, details }
      return { ...one.authorization, _tag: "Declined", failure, durationMs }
    }
    case "Unavailable":
      return { ...one.authorization, _tag: "Abandoned", reason: answer.reason, durationMs }
    default:
      return { ...one.authorization, _tag: "Abandoned", reason: "the authorization was settled meanwhile", durationMs }
  }
}

const acceptedOf = (one: Leased["one"], entry: NewEntry, conclusion: Conclusion, kept: Kept): Accepted => {
  if (kept._tag !== "Kept") return { _tag: "Unavailable", reason: kept.reason }
  switch (conclusion._tag) {
    case "Authorized":
      return { _tag: "Accepted", entry: ledgerEntryOf(one, entry, conclusion.authorizationId) }
    case "Declined":
      return { _tag: "Declined", orderId: conclusion.orderId, failure: conclusion.failure }
    case "Abandoned":
      return { _tag: "Unavailable", reason: conclusion.reason }
  }
}

/** The entry as it stands in the ledger right after its acceptance, without reading it back. */
const ledgerEntryOf = (one: Leased["one"], entry: NewEntry, authorizationId: string): LedgerEntry => ({
  ...requestedFields(entry),
  organizationId: one.authorization.organizationId,
  orderId: one.authorization.orderId,
  customerId: one.customerId,
  currency: one.currency,
  totalMinor: one.totalMinor,
  lines: one.lines,
  correlationId: one.authorization.correlationId,
  status: "AUTHORIZED",
  generation: one.authorization.generation,
  isAbandoned: false,
  paymentAuthorizationId: authorizationId,
  retryCount: 0,
  nextRetryAt: undefined,
  cancelRequestedAt: undefined,
  failure: undefined,
  parkReason: undefined,
  createdAt: one.createdAt,
  updatedAt: one.createdAt
})

import { databaseRejectedDataIn, databaseUnavailableIn } from "@valerix/database"
import type { OrderId } from "@valerix/money-and-ids"
import { type AuthorizeOutcome, PaymentsCommands } from "@valerix/payments/contract"
import type { SagaFailure } from "@valerix/saga"
import { Cause, Clock, Context, Effect, Layer } from "effect"
import { type Begun, type Conclusion, type LedgerEntry, type NewEntry, OrderLedger } from "./ports/OrderLedger.ts"
import { SagaWakeUp } from "./ports/SagaWakeUp.ts"

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
}

/**
 * Accepts a batch of orders: writes their entries, authorizes their payments, concludes. One transaction, one call to
 * payments, one transaction, whatever the size of the batch. Requests of one principal with the same key are one order.
 */
export class AcceptOrders extends Context.Service<
  AcceptOrders,
  { readonly accept: (entries: ReadonlyArray<NewEntry>) => Effect.Effect<ReadonlyArray<Accepted>> }
>()("@valerix/checkout/AcceptOrders") {
  static readonly layer = (options: AcceptOrdersOptions) =>
    Layer.effect(
      AcceptOrders,
      Effect.gen(function* () {
        const ledger = yield* OrderLedger
        const payments = yield* PaymentsCommands
        const wakeUp = yield* SagaWakeUp

        const acceptDistinct = Effect.fnUntraced(function* (entries: ReadonlyArray<NewEntry>) {
          const begun = yield* ledger.begin(entries, options.leaseMs)
          const results = begun.map((one): Accepted => withoutAuthorization(one))
          const leased = begun.flatMap((one, index) => {
            const entry = entries[index]
            return one._tag === "Begun" && entry !== undefined ? [{ one, entry, index }] : []
          })
          if (leased.length === 0) return results
          const startedMs = yield* Clock.currentTimeMillis
          const answers = yield* authorize(leased)
          const durationMs = (yield* Clock.currentTimeMillis) - startedMs
          const conclusions = leased.map(({ one }, position) => conclusionOf(one, answers[position], durationMs))
          const isOurs = yield* ledger.conclude(conclusions)
          leased.forEach(({ one, entry, index }, position) => {
            const conclusion = conclusions[position]
            if (conclusion !== undefined) results[index] = acceptedOf(one, entry, conclusion, isOurs[position] === true)
          })
          if (results.some((result) => result._tag === "Accepted")) yield* wakeUp.wake
          return results
        })

        const authorize = (leased: ReadonlyArray<Leased>): Effect.Effect<ReadonlyArray<AuthorizeOutcome>> => {
          const unavailable = (reason: string) => leased.map((): AuthorizeOutcome => ({ _tag: "Unavailable", reason }))
          return payments.authorize(leased.map(authorizeCommand)).pipe(
            Effect.timeoutOrElse({
              duration: options.downstreamLimitMs,
              orElse: () => Effect.succeed(unavailable(`no answer in ${options.downstreamLimitMs} ms`))
            }),
            Effect.catchDefect((defect) =>
              Effect.as(Effect.logError("Authorizing failed unexpectedly", defect), unavailable("unexpected error"))
            )
          )
        }

        /** A batch is split on a data error only: the culprit is found alone, and the others are accepted. */
        const acceptOrSplit = (entries: ReadonlyArray<NewEntry>): Effect.Effect<ReadonlyArray<Accepted>> =>
          Effect.matchCauseEffect(acceptDistinct(entries), {
            onSuccess: Effect.succeed,
            onFailure: (cause) => {
              if (databaseRejectedDataIn(cause) !== undefined) {
                if (entries.length === 1) {
                  const refused: Accepted = { _tag: "Refused", reason: "The order's data cannot be stored." }
                  return Effect.as(Effect.logError("An order's data were refused by the database", cause), [refused])
                }
                const middle = Math.ceil(entries.length / 2)
                return Effect.zipWith(
                  acceptOrSplit(entries.slice(0, middle)),
                  acceptOrSplit(entries.slice(middle)),
                  (left, right) => [...left, ...right]
                )
              }
              const absence = databaseUnavailableIn(cause)
              const reason = absence === undefined ? "unexpected error" : "the database is away"
              const results = entries.map((): Accepted => ({ _tag: "Unavailable", reason }))
              if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
              return absence === undefined
                ? Effect.as(Effect.logError("Accepting orders failed unexpectedly", cause), results)
                : Effect.as(Effect.logWarning("Accepting orders failed", { reason: absence.reason }), results)
            }
          })

        const accept = Effect.fnUntraced(function* (entries: ReadonlyArray<NewEntry>) {
          const leaders = new Map<string, { readonly entry: NewEntry; readonly index: number }>()
          for (const entry of entries) {
            const key = keyOf(entry)
            if (!leaders.has(key)) leaders.set(key, { entry, index: leaders.size })
          }
          const results = yield* acceptOrSplit([...leaders.values()].map(({ entry }) => entry))
          return entries.map((entry): Accepted => {
            const leader = leaders.get(keyOf(entry))
            const result = leader === undefined ? undefined : results[leader.index]
            if (leader === undefined || result === undefined) return { _tag: "Unavailable", reason: "no result" }
            return leader.entry === entry ? result : resultOfFollower(entry, leader.entry, result)
          })
        })

        return AcceptOrders.of({ accept })
      })
    )
}

interface Leased {
  readonly one: Extract<Begun, { _tag: "Begun" }>
  readonly entry: NewEntry
}

const keyOf = ({ tenant, idempotencyKey }: NewEntry): string =>
  JSON.stringify([tenant.organizationId, tenant.principal, idempotencyKey])

/** A request that came together with an equal one is answered as if it had come just after it. */
const resultOfFollower = (entry: NewEntry, leader: NewEntry, result: Accepted): Accepted => {
  if (entry.requestHash !== leader.requestHash) return { _tag: "KeyReused" }
  if (result._tag === "Accepted") return { _tag: "Replayed", orderId: result.entry.orderId }
  if (result._tag === "Declined") return { _tag: "Replayed", orderId: result.orderId }
  return result
}

const withoutAuthorization = (begun: Begun): Accepted => {
  switch (begun._tag) {
    case "Known":
      return { _tag: "Replayed", orderId: begun.orderId }
    case "InProgress":
      return { _tag: "InProgress" }
    case "KeyReused":
      return { _tag: "KeyReused" }
    case "Begun":
      return { _tag: "Unavailable", reason: "not concluded" }
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

const acceptedOf = (one: Leased["one"], entry: NewEntry, conclusion: Conclusion, isOurs: boolean): Accepted => {
  if (!isOurs) return { _tag: "Unavailable", reason: "the authorization took too long and is being undone" }
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
const ledgerEntryOf = (
  one: Leased["one"],
  { order, idempotencyKey }: NewEntry,
  authorizationId: string
): LedgerEntry => ({
  organizationId: one.authorization.organizationId,
  orderId: one.authorization.orderId,
  clientRequestId: idempotencyKey,
  customerId: one.customerId,
  email: order.request.email,
  currency: one.currency,
  totalMinor: one.totalMinor,
  lines: order.lines,
  adjustments: order.request.adjustments.map(({ kind, amount, description }) => ({
    kind,
    amountMinor: amount.amountMinor,
    description
  })),
  shippingAddress: order.request.shippingAddress,
  paymentMethod: order.request.payment.method,
  externalReference: order.request.externalReference,
  metadata: order.request.metadata,
  correlationId: one.authorization.correlationId,
  status: "AUTHORIZED",
  generation: one.authorization.generation,
  paymentAuthorizationId: authorizationId,
  retryCount: 0,
  nextRetryAt: undefined,
  cancelRequestedAt: undefined,
  failure: undefined,
  parkReason: undefined,
  createdAt: one.createdAt,
  updatedAt: one.createdAt
})

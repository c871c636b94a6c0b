import type { OrganizationId } from "@valerix/money-and-ids"
import type { Finding } from "@valerix/tenancy"
import type { PaymentsFindingCode } from "../contract/PaymentsAudit.ts"
import type { PaymentStatus } from "../domain/Payment.ts"
import type { BookedOperation, BookedPayment } from "./ports/PaymentAuditQueries.ts"
import type { ProviderEffect } from "./ports/ProviderStatement.ts"

/** An answer may be missing for as long as an order's steps are retried, and no longer. */
export const UNRESOLVED_MAX_MS = 15 * 60_000

const PROMISE_OF: Readonly<Record<PaymentsFindingCode, number>> = {
  captured_exceeds_authorized: 2,
  refunded_exceeds_captured: 2,
  captured_more_than_once: 2,
  provider_disagrees: 2,
  operation_unresolved: 2,
  key_used_twice: 3,
  effect_unrecorded: 3,
  operation_without_payment: 4,
  row_security_off: 4
}

export const finding = (
  organizationId: OrganizationId,
  code: PaymentsFindingCode,
  subject: string,
  message: string
): Finding<PaymentsFindingCode> => ({ promise: PROMISE_OF[code], code, organizationId, subject, message })

/** A finding before it is said whose it is. */
interface Remark {
  readonly code: PaymentsFindingCode
  readonly message: string
}

export const isOpen = ({ state }: BookedOperation): boolean => state === "PENDING" || state === "UNKNOWN"

/** What is wrong with a payment by our books alone. */
export const remarksOnOurs = (payment: BookedPayment): ReadonlyArray<Remark> => {
  const { authorizedMinor, capturedMinor, generation, operations, refundedMinor } = payment
  const remarks: Array<Remark> = []
  if (capturedMinor > authorizedMinor) {
    const message = `Generation ${generation}: ${capturedMinor} is captured of ${authorizedMinor} authorized.`
    remarks.push({ code: "captured_exceeds_authorized", message })
  }
  if (refundedMinor > capturedMinor) {
    const message = `Generation ${generation}: ${refundedMinor} is refunded of ${capturedMinor} captured.`
    remarks.push({ code: "refunded_exceeds_captured", message })
  }
  for (const operation of operations) {
    if (!isOpen(operation) || operation.askedMsAgo <= UNRESOLVED_MAX_MS) continue
    const minutes = Math.floor(operation.askedMsAgo / 60_000)
    const message = `The answer to ${operation.key} is missing for ${minutes} minutes, after ${operation.attempts} attempts.`
    remarks.push({ code: "operation_unresolved", message })
  }
  return remarks
}

/** What is wrong with an order by the provider's books alone. */
export const remarksOnTheirs = (effects: ReadonlyArray<ProviderEffect>): ReadonlyArray<Remark> => {
  const remarks: Array<Remark> = []
  const captures = effects.filter(({ kind }) => kind === "CAPTURE")
  if (captures.length > 1) {
    const references = captures.map(({ reference }) => reference).join(", ")
    remarks.push({
      code: "captured_more_than_once",
      message: `The provider has captured it ${captures.length} times: ${references}.`
    })
  }
  for (const [key, times] of countBy(effects, ({ key }) => key)) {
    if (times === 1) continue
    remarks.push({ code: "key_used_twice", message: `The key ${key} has had ${times} effects at the provider.` })
  }
  for (const authorizationId of new Set(effects.map((effect) => effect.authorizationId))) {
    const of = effects.filter((effect) => effect.authorizationId === authorizationId)
    const { authorized, captured, refunded } = sumsOf(of)
    if (captured > authorized) {
      const message = `The provider has captured ${captured} of ${authorized} authorized as ${authorizationId}.`
      remarks.push({ code: "captured_exceeds_authorized", message })
    }
    if (refunded > captured) {
      const message = `The provider has refunded ${refunded} of ${captured} captured of ${authorizationId}.`
      remarks.push({ code: "refunded_exceeds_captured", message })
    }
  }
  return remarks
}

/** What the provider did for each status of ours, when nothing is under way. */
const KINDS_OF: Readonly<Record<PaymentStatus, string>> = {
  AUTHORIZING: "nothing",
  DECLINED: "nothing",
  AUTHORIZED: "AUTHORIZE",
  VOIDED: "AUTHORIZE, VOID",
  EXPIRED: "AUTHORIZE",
  CAPTURED: "AUTHORIZE, CAPTURE",
  REFUNDED: "AUTHORIZE, CAPTURE, REFUND"
}

/**
 * Where the two books of an order differ. They may while something is under way, so a payment with an operation whose
 * answer is missing is passed over, and so are unknown effects of its order.
 */
export const differences = (
  payments: ReadonlyArray<BookedPayment>,
  effects: ReadonlyArray<ProviderEffect>
): ReadonlyArray<Remark> => {
  const remarks = payments.flatMap((payment) =>
    payment.operations.some(isOpen) ? [] : differencesOf(payment, effects)
  )
  if (payments.some(({ operations }) => operations.some(isOpen))) return remarks
  const ours = new Set(payments.map(({ authorizationId }) => authorizationId))
  const unknown = effects.filter(({ authorizationId }) => !ours.has(authorizationId))
  return [
    ...remarks,
    ...unknown.map(({ key, kind, reference }): Remark => {
      const message = `The provider has ${kind} ${reference} under the key ${key}, which our books do not have.`
      return { code: "effect_unrecorded", message }
    })
  ]
}

const differencesOf = (payment: BookedPayment, all: ReadonlyArray<ProviderEffect>): ReadonlyArray<Remark> => {
  const { authorizationId, captureId, currency, generation, status } = payment
  const effects =
    authorizationId === undefined ? [] : all.filter((effect) => effect.authorizationId === authorizationId)
  const disagreement = (ours: string, theirs: string): ReadonlyArray<Remark> => [
    { code: "provider_disagrees", message: `Generation ${generation}: ours is ${ours}; the provider has ${theirs}.` }
  ]
  const kinds = [...new Set(effects.map(({ kind }) => kind))].toSorted().join(", ") || "nothing"
  if (kinds !== KINDS_OF[status]) return disagreement(`${status} (${authorizationId ?? "no authorization"})`, kinds)
  const { authorized, captured, refunded } = sumsOf(effects)
  const ours = `${payment.authorizedMinor} authorized, ${payment.capturedMinor} captured, ${payment.refundedMinor} refunded`
  const theirs = `${authorized} authorized, ${captured} captured, ${refunded} refunded`
  if (ours !== theirs) return disagreement(ours, theirs)
  const foreign = effects.find((effect) => effect.currency !== currency)
  if (foreign !== undefined) return disagreement(`in ${currency}`, foreign.currency)
  const capture = effects.find(({ kind }) => kind === "CAPTURE")
  return capture === undefined || capture.reference === captureId
    ? []
    : disagreement(`captured as ${captureId}`, capture.reference)
}

export const sumsOf = (effects: ReadonlyArray<ProviderEffect>) => {
  const sum = (kind: ProviderEffect["kind"]) =>
    effects.reduce((total, effect) => (effect.kind === kind ? total + effect.amountMinor : total), 0)
  return { authorized: sum("AUTHORIZE"), captured: sum("CAPTURE"), refunded: sum("REFUND") }
}

const countBy = <A>(items: ReadonlyArray<A>, keyOf: (item: A) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

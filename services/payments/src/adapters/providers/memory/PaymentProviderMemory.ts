import type { MinorUnits } from "@valerix/money-and-ids"
import { Clock, Effect, Redacted } from "effect"
import type {
  AuthorizeAnswer,
  AuthorizeRequest,
  CaptureAnswer,
  CaptureRequest,
  LookupAnswer,
  PaymentProvider,
  ProviderRequest,
  RefundAnswer,
  RefundRequest,
  VoidAnswer,
  VoidRequest
} from "../../../application/ports/PaymentProvider.ts"
import type { ProviderEffect, ProviderStatement } from "../../../application/ports/ProviderStatement.ts"
import { CAPTURE_TOO_LARGE, REFUND_TOO_LARGE } from "../mock/AmountTooLarge.ts"
import { declineOf } from "../mock/Decline.ts"

interface Authorization {
  readonly request: AuthorizeRequest
  readonly reference: string
  readonly decline: { readonly code: string; readonly message: string } | undefined
  readonly expiresAtMs: number
  status: "AUTHORIZED" | "DECLINED" | "VOIDED" | "CAPTURED"
}

interface Capture {
  readonly request: CaptureRequest
  readonly reference: string
  readonly authorization: Authorization
  refundedMinor: number
}

interface Void {
  readonly request: VoidRequest
  readonly reference: string
  readonly authorization: Authorization
}

interface Refund {
  readonly request: RefundRequest
  readonly reference: string
  readonly capture: Capture
}

/**
 * A payment provider in memory, for simulations: declines and refuses as the mock provider does, and never fails. Its
 * clock is Effect's; its references are counted, so that a simulation can be repeated.
 */
export class PaymentProviderMemory {
  private readonly authorizations = new Map<string, Authorization>()
  private readonly captures = new Map<string, Capture>()
  private readonly voids = new Map<string, Void>()
  private readonly refunds = new Map<string, Refund>()
  private readonly validityMs: number
  private references = 0

  constructor(options: { readonly validityMs: number }) {
    this.validityMs = options.validityMs
  }

  readonly provider: PaymentProvider["Service"] = {
    authorize: (requests) => this.each(requests, (request, nowMs) => this.authorize(request, nowMs)),
    capture: (requests) => this.each(requests, (request, nowMs) => this.capture(request, nowMs)),
    void: (requests) => this.each(requests, (request, nowMs) => this.void(request, nowMs)),
    refund: (requests) => this.each(requests, (request) => this.refund(request)),
    lookup: (requests) => this.each(requests, (request) => this.lookup(request))
  }

  readonly statement: ProviderStatement["Service"] = {
    ofOrders: (organizationId, orderIds) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) => {
        const orders = new Set<string>(orderIds)
        return this.effects(nowMs)
          .filter((one) => one.organizationId === organizationId && orders.has(one.orderReference))
          .map(({ organizationId: _, ...effect }) => effect)
      }),
    orderReferences: (organizationId, after, limit) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) => {
        const ofOrganization = this.effects(nowMs).filter((one) => one.organizationId === organizationId)
        const references = [...new Set(ofOrganization.map((one) => one.orderReference))].sort()
        return references.filter((reference) => after === undefined || reference > after).slice(0, limit)
      })
  }

  /** Makes an authorization run out at a time. */
  expire(organizationId: string, reference: string, atMs: number): void {
    for (const [key, one] of this.authorizations) {
      if (one.request.organizationId === organizationId && one.reference === reference) {
        this.authorizations.set(key, { ...one, expiresAtMs: atMs })
      }
    }
  }

  private each<Request, Answer>(
    requests: ReadonlyArray<Request>,
    answer: (request: Request, nowMs: number) => Answer
  ): Effect.Effect<ReadonlyArray<Answer>> {
    return Effect.map(Clock.currentTimeMillis, (nowMs) => requests.map((request) => answer(request, nowMs)))
  }

  private authorize(request: AuthorizeRequest, nowMs: number): AuthorizeAnswer {
    const known = this.authorizations.get(nameOf(request))
    if (known !== undefined) return isSame(known.request, request) ? authorizeAnswer(known) : { _tag: "KeyReused" }
    const decline = declineOf(Redacted.value(request.token), request.key, NO_CHANCE)
    const authorization: Authorization = {
      request,
      reference: this.newReference("auth"),
      decline,
      expiresAtMs: nowMs + this.validityMs,
      status: decline === undefined ? "AUTHORIZED" : "DECLINED"
    }
    this.authorizations.set(nameOf(request), authorization)
    return authorizeAnswer(authorization)
  }

  private capture(request: CaptureRequest, nowMs: number): CaptureAnswer {
    const known = this.captures.get(nameOf(request))
    if (known !== undefined) {
      const { amountMinor, authorizationId } = known.request
      const isRepeated = authorizationId === request.authorizationId && amountMinor === request.amountMinor
      return isRepeated ? { _tag: "Succeeded", reference: known.reference } : { _tag: "KeyReused" }
    }
    const authorization = this.find(request)
    if (authorization === undefined || authorization.status === "DECLINED") return { _tag: "NotFound" }
    if (authorization.status === "VOIDED") return { _tag: "AlreadyVoided" }
    if (authorization.status === "CAPTURED") return { _tag: "AlreadyCaptured" }
    if (authorization.expiresAtMs <= nowMs) return { _tag: "Expired" }
    if (request.amountMinor > authorization.request.amountMinor) {
      return CAPTURE_TOO_LARGE
    }
    authorization.status = "CAPTURED"
    const reference = this.newReference("cap")
    this.captures.set(nameOf(request), { request, reference, authorization, refundedMinor: 0 })
    return { _tag: "Succeeded", reference }
  }

  private void(request: VoidRequest, nowMs: number): VoidAnswer {
    const known = this.voids.get(nameOf(request))
    if (known !== undefined) {
      return known.request.authorizationId === request.authorizationId
        ? { _tag: "Succeeded", reference: known.reference }
        : { _tag: "KeyReused" }
    }
    const authorization = this.find(request)
    if (authorization === undefined || authorization.status === "DECLINED") return { _tag: "NotFound" }
    if (authorization.status === "VOIDED") return { _tag: "AlreadyVoided" }
    if (authorization.status === "CAPTURED") return { _tag: "AlreadyCaptured" }
    if (authorization.expiresAtMs <= nowMs) return { _tag: "Expired" }
    authorization.status = "VOIDED"
    const reference = this.newReference("void")
    this.voids.set(nameOf(request), { request, reference, authorization })
    return { _tag: "Succeeded", reference }
  }

  private refund(request: RefundRequest): RefundAnswer {
    const known = this.refunds.get(nameOf(request))
    if (known !== undefined) {
      const isRepeated =
        known.request.captureId === request.captureId && known.request.amountMinor === request.amountMinor
      return isRepeated ? { _tag: "Succeeded", reference: known.reference } : { _tag: "KeyReused" }
    }
    const capture = [...this.captures.values()].find(
      (one) => one.request.organizationId === request.organizationId && one.reference === request.captureId
    )
    if (capture === undefined) return { _tag: "NotFound" }
    if (capture.refundedMinor > 0 && capture.refundedMinor === capture.request.amountMinor) {
      return { _tag: "AlreadyRefunded" }
    }
    if (capture.refundedMinor + request.amountMinor > capture.request.amountMinor) {
      return REFUND_TOO_LARGE
    }
    capture.refundedMinor += request.amountMinor
    const reference = this.newReference("ref")
    this.refunds.set(nameOf(request), { request, reference, capture })
    return { _tag: "Succeeded", reference }
  }

  private lookup(request: ProviderRequest): LookupAnswer {
    const authorization = this.authorizations.get(nameOf(request))
    if (authorization?.decline !== undefined) return { _tag: "FoundDeclined", ...authorization.decline }
    const effect = this.effects(0).find(
      (one) => one.organizationId === request.organizationId && one.key === request.key
    )
    if (effect === undefined) return { _tag: "NotFound" }
    const { amountMinor, authorizationId, kind, reference } = effect
    return { _tag: "Found", kind, reference, authorizationId, amountMinor }
  }

  private newReference(prefix: string): string {
    this.references += 1
    return `${prefix}_${this.references}`
  }

  private find(named: { readonly organizationId: string; readonly authorizationId: string }) {
    return [...this.authorizations.values()].find(
      (one) => one.request.organizationId === named.organizationId && one.reference === named.authorizationId
    )
  }

  private effects(nowMs: number): ReadonlyArray<EffectOfOrganization> {
    const effectOf = (
      authorization: Authorization,
      kind: ProviderEffect["kind"],
      one: { readonly request: ProviderRequest; readonly reference: string },
      amountMinor: MinorUnits
    ) => ({
      organizationId: one.request.organizationId,
      kind,
      key: one.request.key,
      orderReference: authorization.request.orderId,
      authorizationId: authorization.reference,
      reference: one.reference,
      amountMinor,
      currency: authorization.request.currency,
      hasExpired: authorization.expiresAtMs <= nowMs
    })
    return [
      ...[...this.authorizations.values()]
        .filter(({ decline }) => decline === undefined)
        .map((one) => effectOf(one, "AUTHORIZE", one, one.request.amountMinor)),
      ...[...this.captures.values()].map((one) => effectOf(one.authorization, "CAPTURE", one, one.request.amountMinor)),
      ...[...this.voids.values()].map((one) =>
        effectOf(one.authorization, "VOID", one, one.authorization.request.amountMinor)
      ),
      ...[...this.refunds.values()].map((one) =>
        effectOf(one.capture.authorization, "REFUND", one, one.request.amountMinor)
      )
    ]
  }
}

interface EffectOfOrganization extends ProviderEffect {
  readonly organizationId: string
  readonly amountMinor: MinorUnits
}

const NO_CHANCE = { latencyMs: 0, failureRate: 0, declineRate: 0, seed: "", timeoutMs: 0 }

const nameOf = ({ key, organizationId }: ProviderRequest): string => `${organizationId}/${key}`

const isSame = (one: AuthorizeRequest, other: AuthorizeRequest): boolean =>
  one.orderId === other.orderId &&
  one.amountMinor === other.amountMinor &&
  one.currency === other.currency &&
  Redacted.value(one.token) === Redacted.value(other.token)

const authorizeAnswer = ({ decline, expiresAtMs, reference }: Authorization): AuthorizeAnswer =>
  decline === undefined
    ? { _tag: "Succeeded", reference, expiresAt: new Date(expiresAtMs) }
    : { _tag: "Declined", ...decline }

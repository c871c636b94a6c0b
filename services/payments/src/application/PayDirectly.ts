import { type Currency, type MinorUnits, OrderId, type OrganizationId } from "@valerix/money-and-ids"
import type { Outcome } from "@valerix/saga"
import { Context, Effect, Layer, Option, Schema } from "effect"
import type { PaymentKey } from "../domain/Payment.ts"
import {
  PaymentDeclined,
  PaymentNotFound,
  PaymentSettled,
  PaymentStateConflict,
  ProviderUnavailable,
  TermsDiffer
} from "../domain/PaymentErrors.ts"
import { ALREADY_CAPTURED, AUTHORIZATION_EXPIRED } from "../domain/PaymentTransitions.ts"
import { AuthorizePayments } from "./AuthorizePayments.ts"
import { AMOUNT_DIFFERS, CapturePayments } from "./CapturePayments.ts"
import { DirectRequests } from "./ports/DirectRequests.ts"
import { PaymentQueries, type PaymentRecord } from "./ports/PaymentQueries.ts"
import { SettlePayments } from "./SettlePayments.ts"

export interface DirectAuthorization {
  readonly organizationId: OrganizationId
  readonly idempotencyKey: string
  readonly customerId: string
  readonly amountMinor: MinorUnits
  readonly currency: Currency
  readonly method: string
  readonly token: string
  readonly correlationId: string | undefined
}

export interface OfAuthorization {
  readonly organizationId: OrganizationId
  readonly authorizationId: string
  readonly correlationId: string | undefined
}

type Conflict = PaymentNotFound | PaymentStateConflict | PaymentSettled | ProviderUnavailable

/**
 * Payments that a caller asks for by itself, step by step, outside of any saga: the same commands, each a vector of one
 * with epoch 0. A key of our form names the order; for any other one an order id is made and remembered.
 */
export class PayDirectly extends Context.Service<
  PayDirectly,
  {
    readonly authorize: (
      request: DirectAuthorization
    ) => Effect.Effect<PaymentRecord, PaymentDeclined | PaymentSettled | TermsDiffer | ProviderUnavailable>
    /** Captures a part of the authorized amount, or all of it; the first capture is the only one. */
    readonly capture: (
      request: OfAuthorization & { readonly partMinor: MinorUnits | undefined }
    ) => Effect.Effect<PaymentRecord, Conflict | TermsDiffer>
    readonly void: (request: OfAuthorization) => Effect.Effect<PaymentRecord, Conflict>
    readonly refund: (request: OfAuthorization) => Effect.Effect<PaymentRecord, Conflict>
  }
>()("@valerix/payments/application/PayDirectly") {
  static readonly layer = Layer.effect(
    PayDirectly,
    Effect.gen(function* () {
      const authorizing = yield* AuthorizePayments
      const capturing = yield* CapturePayments
      const settling = yield* SettlePayments
      const requests = yield* DirectRequests
      const queries = yield* PaymentQueries

      const find = Effect.fnUntraced(function* ({ authorizationId, organizationId }: OfAuthorization) {
        const record = yield* queries.byAuthorization(organizationId, authorizationId)
        return record ?? (yield* new PaymentNotFound({ reference: authorizationId }))
      })

      const commandOn = ({ payment }: PaymentRecord, { correlationId }: OfAuthorization) => ({
        organizationId: payment.organizationId,
        orderId: payment.orderId,
        generation: payment.generation,
        epoch: 0,
        correlationId
      })

      const authorize = Effect.fn("PayDirectly.authorize")(function* (request: DirectAuthorization) {
        const named = orderNamedBy(request.idempotencyKey)
        const { generation, orderId } = named ?? {
          orderId: yield* requests.orderIdOf(request.organizationId, request.idempotencyKey),
          generation: 1
        }
        const { idempotencyKey: _key, ...terms } = request
        const [result] = yield* authorizing.run([{ ...terms, orderId, generation, epoch: 0 }])
        switch (result?._tag) {
          case "Authorized":
            return yield* existing(queries.byKey({ organizationId: request.organizationId, orderId, generation }))
          case "Declined":
            return yield* new PaymentDeclined({ code: result.declineCode, message: result.message })
          case "Cancelled":
            return yield* new PaymentSettled()
          case "TermsDiffer":
            return yield* new TermsDiffer({ message: "The key was used with another amount or currency." })
          case "Unavailable":
          case undefined:
            return yield* new ProviderUnavailable({ reason: result?.reason ?? "no answer" })
        }
      })

      const capture = Effect.fn("PayDirectly.capture")(function* (
        request: OfAuthorization & { readonly partMinor: MinorUnits | undefined }
      ) {
        const record = yield* find(request)
        const { partMinor } = request
        const part = partMinor === undefined ? {} : { partMinor }
        const [outcome] = yield* capturing.run([{ ...commandOn(record, request), ...part }])
        const after = yield* existing(queries.byKey(record.payment))
        if (after.payment.state.status === "CAPTURED") {
          const differs = partMinor !== undefined && partMinor !== after.payment.state.capture.amountMinor
          return differs ? yield* new TermsDiffer({ message: "Another amount was captured." }) : after
        }
        if (outcome?._tag === "Rejected" && outcome.code === AMOUNT_DIFFERS)
          return yield* new TermsDiffer({ message: outcome.message })
        return yield* refusalOf(outcome, after)
      })

      const voidAuthorization = Effect.fn("PayDirectly.void")(function* (request: OfAuthorization) {
        const record = yield* find(request)
        const { status } = record.payment.state
        // Nothing may be settled that is captured, so it is not marked for settlement either.
        if (status === "CAPTURED" || status === "REFUNDED") return yield* conflict(ALREADY_CAPTURED)
        const [outcome] = yield* settling.run([{ ...commandOn(record, request), keepsCapture: true }])
        const after = yield* existing(queries.byKey(record.payment))
        return outcome?._tag === "Done" ? after : yield* refusalOf(outcome, after)
      })

      const refund = Effect.fn("PayDirectly.refund")(function* (request: OfAuthorization) {
        const record = yield* find(request)
        const { status } = record.payment.state
        if (status !== "CAPTURED" && status !== "REFUNDED") return yield* conflict("not_captured")
        const [outcome] = yield* settling.run([commandOn(record, request)])
        const after = yield* existing(queries.byKey(record.payment))
        return outcome?._tag === "Done" ? after : yield* refusalOf(outcome, after)
      })

      return PayDirectly.of({ authorize, capture, void: voidAuthorization, refund })
    })
  )
}

const OUR_KEY = /^authorize-([0-9a-f-]{36})-([1-9]\d{0,8})$/
const readOrderId = Schema.decodeUnknownOption(OrderId)

/** The order and generation that a key of our form, `authorize-{order}-{generation}`, names. */
const orderNamedBy = (idempotencyKey: string): Pick<PaymentKey, "orderId" | "generation"> | undefined => {
  const [, order, generation] = OUR_KEY.exec(idempotencyKey) ?? []
  return Option.getOrUndefined(
    Option.map(readOrderId(order), (orderId) => ({ orderId, generation: Number(generation) }))
  )
}

const existing = (found: Effect.Effect<PaymentRecord | undefined>): Effect.Effect<PaymentRecord> =>
  Effect.flatMap(found, (record) =>
    record === undefined ? Effect.die(new Error("A payment has vanished.")) : Effect.succeed(record)
  )

const MESSAGES = {
  already_voided: "The authorization was voided.",
  already_captured: "The authorization was captured.",
  authorization_expired: "The authorization has expired.",
  not_captured: "The payment is not captured."
} as const

const conflict = (code: keyof typeof MESSAGES) => new PaymentStateConflict({ code, message: MESSAGES[code] })

/** What an outcome that is not what was asked for is to a caller, given the payment as it is now. */
const refusalOf = (outcome: Outcome | undefined, { payment }: PaymentRecord) => {
  switch (outcome?._tag) {
    case "Rejected":
      if (outcome.code === ALREADY_CAPTURED) return conflict(ALREADY_CAPTURED)
      if (outcome.code === AUTHORIZATION_EXPIRED) return conflict(AUTHORIZATION_EXPIRED)
      return new PaymentStateConflict({ code: "rejected", message: outcome.message })
    case "Cancelled":
      return payment.state.status === "VOIDED" ? conflict("already_voided") : new PaymentSettled()
    case "Done":
    case "NotSent":
    case "Unavailable":
    case undefined:
      return new ProviderUnavailable({
        reason: outcome !== undefined && "reason" in outcome ? outcome.reason : "no answer"
      })
  }
}

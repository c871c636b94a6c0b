import { type Money, OrderId, type OrganizationId } from "@valerix/money-and-ids"
import { Context, Effect, Layer, Result, Schema } from "effect"
import { providerKey } from "../domain/Operation.ts"
import type { Payment } from "../domain/Payment.ts"
import { PaymentSettled, type ProviderUnavailable, type TermsDiffer } from "../domain/PaymentErrors.ts"
import { type DirectAuthorization, PayDirectly } from "./PayDirectly.ts"
import { DirectRequests } from "./ports/DirectRequests.ts"
import { PaymentQueries, type PaymentRecord } from "./ports/PaymentQueries.ts"

const METHOD = "card"
/** What a request that names an order and an amount leaves out. */
const UNNAMED_TOKEN = "tok_unnamed"
const UNNAMED_CUSTOMER = "unnamed"
const KEY_PREFIX = "pay-"

export interface PaymentForOrder {
  readonly organizationId: OrganizationId
  /** An order of ours by its id, or any other by what its caller calls it. */
  readonly order: string
  readonly amount: Money
  readonly token: string | undefined
  readonly correlationId: string | undefined
}

/**
 * Pays for an order in one go: authorizes and captures. An order has one payment, so asking again continues it, or finds
 * what came of it. An order of ours is paid for by the payment that it has, or would have.
 */
export class PayForOrder extends Context.Service<
  PayForOrder,
  {
    /**
     * The payment as it is then: captured, declined, or still waiting for the provider's answer. Fails with TermsDiffer
     * where the order is paid for in another amount, and where there is no payment to show: with PaymentSettled, or with
     * ProviderUnavailable, after which it may be asked again.
     */
    readonly pay: (
      request: PaymentForOrder
    ) => Effect.Effect<PaymentRecord, TermsDiffer | PaymentSettled | ProviderUnavailable>
    /** What its payer calls the order of a payment. */
    readonly orderOf: (payment: Payment) => Effect.Effect<string>
  }
>()("@valerix/payments/application/PayForOrder") {
  static readonly layer = Layer.effect(
    PayForOrder,
    Effect.gen(function* () {
      const direct = yield* PayDirectly
      const requests = yield* DirectRequests
      const queries = yield* PaymentQueries

      const inOneGo = Effect.fnUntraced(function* (request: DirectAuthorization) {
        const { payment } = yield* direct.authorize(request)
        if (!("authorization" in payment.state))
          return yield* Effect.die(new Error("An authorized payment has no authorization."))
        const { authorizationId } = payment.state.authorization
        const { correlationId, organizationId } = request
        return yield* direct.capture({ organizationId, authorizationId, correlationId, partMinor: undefined })
      })

      const pay = Effect.fn("PayForOrder.pay")(function* (request: PaymentForOrder) {
        const { amount, correlationId, order, organizationId, token = UNNAMED_TOKEN } = request
        const idempotencyKey = keyOf(order)
        const terms = { ...amount, organizationId, customerId: UNNAMED_CUSTOMER, method: METHOD, token, correlationId }
        const paid = yield* Effect.result(inOneGo({ ...terms, idempotencyKey }))
        if (Result.isSuccess(paid)) return paid.success
        const { failure } = paid
        if (failure._tag === "TermsDiffer") return yield* failure
        const orderId = isOrderId(order) ? order : yield* requests.orderIdOf(organizationId, idempotencyKey)
        const record = yield* queries.byKey({ organizationId, orderId, generation: 1 })
        if (record !== undefined) return record
        return yield* failure._tag === "ProviderUnavailable" ? failure : new PaymentSettled()
      })

      const orderOf = Effect.fn("PayForOrder.orderOf")(function* ({ orderId, organizationId }: Payment) {
        const key = yield* requests.keyOf(organizationId, orderId)
        return key?.startsWith(KEY_PREFIX) ? key.slice(KEY_PREFIX.length) : orderId
      })

      return PayForOrder.of({ pay, orderOf })
    })
  )
}

const isOrderId = Schema.is(OrderId)

const keyOf = (order: string): string =>
  isOrderId(order) ? providerKey("AUTHORIZE", order, 1) : `${KEY_PREFIX}${order}`

import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { FindPayments } from "../../application/FindPayments.ts"
import { PayForOrder } from "../../application/PayForOrder.ts"
import { PaymentNotFoundProblem } from "../../contract/PaymentProblems.ts"
import { PaymentsShortApi } from "../../contract/PaymentsApi.ts"
import type { ShortPaymentView } from "../../contract/ShortPaymentsGroup.ts"
import type { Payment } from "../../domain/Payment.ts"
import { PaymentId } from "../../domain/PaymentId.ts"
import { gatewayProblem, keyReusedProblem, settledProblem } from "./ErrorProblems.ts"
import { resultOf } from "./Views.ts"

/** Paying for an order in one request, and whether that was done. */
export const layerPaymentsShortHandlers = HttpApiBuilder.group(
  PaymentsShortApi,
  "short-payments",
  Effect.fnUntraced(function* (handlers) {
    const payForOrder = yield* PayForOrder
    const findPayments = yield* FindPayments

    return handlers.handleAll({
      payForOrder: Effect.fnUntraced(function* ({ payload: { amount, order_id, payment_token: token } }) {
        const { organizationId } = yield* CurrentTenant
        const correlationId = yield* CurrentCorrelationId
        const { payment } = yield* payForOrder
          .pay({ organizationId, order: order_id, amount, token, correlationId })
          .pipe(
            Effect.catchTags({
              TermsDiffer: (error) => Effect.fail(keyReusedProblem(error)),
              PaymentSettled: (error) => Effect.fail(settledProblem(error)),
              ProviderUnavailable: (error) => Effect.fail(gatewayProblem(error))
            })
          )
        return shortPaymentView(order_id, payment)
      }),

      getPayment: Effect.fnUntraced(function* ({ params }) {
        const { organizationId } = yield* CurrentTenant
        const { payment } = yield* findPayments
          .one(organizationId, PaymentId.make(params.payment_id))
          .pipe(Effect.mapError(() => new PaymentNotFoundProblem()))
        return shortPaymentView(yield* payForOrder.orderOf(payment), payment)
      })
    })
  })
)

const shortPaymentView = (order_id: string, payment: Payment): typeof ShortPaymentView.Type => {
  const { amountMinor, currency, paymentId, state } = payment
  return {
    id: paymentId,
    order_id,
    amount: { amountMinor, currency },
    status: resultOf(state.status),
    ...(state.status === "DECLINED" ? { decline_code: state.code } : {})
  }
}

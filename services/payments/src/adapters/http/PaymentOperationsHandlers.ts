import { TemporarilyUnavailable } from "@valerix/http/contract"
import { MinorUnits } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { PayDirectly } from "../../application/PayDirectly.ts"
import { PayForOrder } from "../../application/PayForOrder.ts"
import type { AuthorizeBody } from "../../contract/PaymentOperationsGroup.ts"
import { PaymentRejectedProblem, PaymentSettledProblem } from "../../contract/PaymentProblems.ts"
import { PaymentsInternalApi } from "../../contract/PaymentsApi.ts"
import { PaymentsCommands } from "../../contract/PaymentsCommands.ts"
import { conflictProblem, declinedProblem, gatewayProblem, keyReusedProblem, settledProblem } from "./ErrorProblems.ts"
import { authorizedView, capturedView, paidView, refundedView, voidedView } from "./OperationViews.ts"

const METHOD = "card"

/** Payments step by step as HTTP, each a vector of one. */
export const layerPaymentOperationsHandlers = HttpApiBuilder.group(
  PaymentsInternalApi,
  "paymentOperations",
  Effect.fnUntraced(function* (handlers) {
    const commands = yield* PaymentsCommands
    const direct = yield* PayDirectly
    const payForOrder = yield* PayForOrder

    return handlers.handleAll({
      authorize: Effect.fnUntraced(function* ({ payload }) {
        const record = yield* direct.authorize({ ...(yield* requester), ...termsOf(payload) }).pipe(
          Effect.catchTags({
            PaymentDeclined: (error) => Effect.fail(declinedProblem(error)),
            PaymentSettled: (error) => Effect.fail(settledProblem(error)),
            TermsDiffer: (error) => Effect.fail(keyReusedProblem(error)),
            ProviderUnavailable: (error) => Effect.fail(gatewayProblem(error))
          })
        )
        return authorizedView(record)
      }),

      capture: Effect.fnUntraced(function* ({ params, payload }) {
        const { amount_cents } = payload
        const record = yield* direct
          .capture({
            ...(yield* requester),
            authorizationId: params.authorization_id,
            partMinor: amount_cents === undefined ? undefined : MinorUnits.make(amount_cents)
          })
          .pipe(
            Effect.mapError((error) =>
              error._tag === "TermsDiffer" ? keyReusedProblem(error) : conflictProblem(error)
            )
          )
        return capturedView(record)
      }),

      void: Effect.fnUntraced(function* ({ params }) {
        const request = { ...(yield* requester), authorizationId: params.authorization_id }
        return voidedView(yield* Effect.mapError(direct.void(request), conflictProblem))
      }),

      refund: Effect.fnUntraced(function* ({ params }) {
        const request = { ...(yield* requester), authorizationId: params.authorization_id }
        return refundedView(yield* Effect.mapError(direct.refund(request), conflictProblem))
      }),

      settle: Effect.fnUntraced(function* ({ payload: { epoch = 0, generation, order_id } }) {
        const [outcome] = yield* commands.settle([{ ...(yield* requester), orderId: order_id, generation, epoch }])
        switch (outcome?._tag) {
          case "Done":
            return { order_id, generation, status: "SETTLED" as const }
          case "Rejected":
            return yield* new PaymentRejectedProblem({ detail: outcome.message })
          case "Cancelled":
            return yield* new PaymentSettledProblem({ detail: "A newer epoch speaks for the order." })
          case "NotSent":
          case "Unavailable":
          case undefined:
            return yield* new TemporarilyUnavailable()
        }
      }),

      pay: Effect.fnUntraced(function* ({ payload: { amount, order_id, payment_token: token } }) {
        const paid = payForOrder.pay({ ...(yield* requester), order: order_id, amount, token })
        return yield* Effect.map(paid, (record) => paidView(order_id, record)).pipe(
          Effect.catchTags({
            PaymentSettled: () => Effect.succeed({ order_id, status: "FAILED" as const }),
            ProviderUnavailable: () => Effect.succeed({ order_id, status: "PENDING" as const }),
            TermsDiffer: (error) => Effect.fail(keyReusedProblem(error))
          })
        )
      })
    })
  })
)

const requester = Effect.gen(function* () {
  const { organizationId } = yield* CurrentTenant
  return { organizationId, correlationId: yield* CurrentCorrelationId }
})

const termsOf = (body: typeof AuthorizeBody.Type) => ({
  idempotencyKey: body.idempotency_key,
  customerId: body.user_id,
  amountMinor: MinorUnits.make(body.amount_cents),
  currency: body.currency,
  method: body.payment_method ?? METHOD,
  token: body.payment_token
})

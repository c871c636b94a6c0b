import { TemporarilyUnavailable } from "@valerix/http"
import { Currency, MinorUnits, OrderId } from "@valerix/money-and-ids"
import { CurrentCorrelationId } from "@valerix/telemetry"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { PayDirectly } from "../../application/PayDirectly.ts"
import type { AuthorizeBody, PayBody } from "../../contract/PaymentOperationsGroup.ts"
import { PaymentRejectedProblem, PaymentSettledProblem } from "../../contract/PaymentProblems.ts"
import { PaymentsInternalApi } from "../../contract/PaymentsApi.ts"
import { PaymentsCommands } from "../../contract/PaymentsCommands.ts"
import { providerKey } from "../../domain/Operation.ts"
import { conflictProblem, declinedProblem, gatewayProblem, keyReusedProblem, settledProblem } from "./ErrorProblems.ts"
import { authorizedView, capturedView, paidView, refundedView, voidedView } from "./OperationViews.ts"

const METHOD = "card"
/** What a body that names an order alone leaves out. */
const NOTHING = { amountMinor: MinorUnits.make(0), currency: Currency.make("EUR") }
const UNNAMED_TOKEN = "tok_unnamed"
const UNNAMED_CUSTOMER = "unnamed"

/** Payments step by step as HTTP, each a vector of one. */
export const layerPaymentOperationsHandlers = HttpApiBuilder.group(
  PaymentsInternalApi,
  "paymentOperations",
  Effect.fnUntraced(function* (handlers) {
    const commands = yield* PaymentsCommands
    const direct = yield* PayDirectly

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

      pay: Effect.fnUntraced(function* ({ payload }) {
        const from = yield* requester
        const paid = direct.authorize({ ...from, ...paymentOf(payload) }).pipe(
          Effect.flatMap(({ payment }) =>
            "authorization" in payment.state
              ? direct.capture({ ...from, ...payment.state.authorization, partMinor: undefined })
              : Effect.die(new Error("An authorized payment has no authorization."))
          ),
          Effect.map((record) => paidView(payload.order_id, record))
        )
        return yield* paid.pipe(
          Effect.catchTags({
            PaymentDeclined: ({ code }) =>
              Effect.succeed({ order_id: payload.order_id, status: "FAILED" as const, decline_code: code }),
            PaymentNotFound: () => Effect.succeed({ order_id: payload.order_id, status: "FAILED" as const }),
            PaymentSettled: () => Effect.succeed({ order_id: payload.order_id, status: "FAILED" as const }),
            PaymentStateConflict: () => Effect.succeed({ order_id: payload.order_id, status: "FAILED" as const }),
            ProviderUnavailable: () => Effect.succeed({ order_id: payload.order_id, status: "PENDING" as const }),
            TermsDiffer: (error) => Effect.fail(keyReusedProblem(error))
          })
        )
      })
    })
  })
)

const isOrderId = Schema.is(OrderId)

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

const paymentOf = ({ amount = NOTHING, order_id, payment_token }: typeof PayBody.Type) => ({
  ...amount,
  // An order of ours is paid for by the payment that it has, or would have.
  idempotencyKey: isOrderId(order_id) ? providerKey("AUTHORIZE", order_id, 1) : `pay-${order_id}`,
  customerId: UNNAMED_CUSTOMER,
  method: METHOD,
  token: payment_token ?? UNNAMED_TOKEN
})

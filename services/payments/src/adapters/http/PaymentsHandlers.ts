import type { OrderId } from "@valerix/money-and-ids"
import { CurrentTenant } from "@valerix/tenancy"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { FindPayments } from "../../application/FindPayments.ts"
import { PaymentNotFoundProblem } from "../../contract/PaymentProblems.ts"
import { PaymentPage } from "../../contract/PaymentSchemas.ts"
import { PaymentsApi, PaymentsInternalApi } from "../../contract/PaymentsApi.ts"
import { PaymentId } from "../../domain/PaymentId.ts"
import { paymentView } from "./Views.ts"

interface ListQuery {
  readonly limit: number
  readonly cursor?: readonly [string]
  readonly order_id?: OrderId
}

/** The operations of PaymentsGroup. They are served twice, under `/api/v1` and, alone, without a prefix. */
const makeHandlers = Effect.gen(function* () {
  const findPayments = yield* FindPayments

  return {
    listPayments: Effect.fnUntraced(function* ({ query }: { readonly query: ListQuery }) {
      const { organizationId } = yield* CurrentTenant
      const before = query.cursor === undefined ? undefined : PaymentId.make(query.cursor[0])
      const filter = { orderId: query.order_id, before, limit: query.limit + 1 }
      const records = yield* findPayments.page(organizationId, filter)
      return PaymentPage.of(records.map(paymentView), query.limit, (last) => [last.payment_id] as const)
    }),

    getPayment: Effect.fnUntraced(function* ({ params }: { readonly params: { readonly payment_id: string } }) {
      const { organizationId } = yield* CurrentTenant
      const record = yield* findPayments
        .one(organizationId, PaymentId.make(params.payment_id))
        .pipe(Effect.mapError(() => new PaymentNotFoundProblem()))
      return paymentView(record)
    })
  }
})

/** PaymentsGroup at the public door. */
export const layerPaymentsHandlers = HttpApiBuilder.group(
  PaymentsApi,
  "payments",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* makeHandlers)
  })
)

/** PaymentsGroup without a prefix. */
export const layerUnprefixedHandlers = HttpApiBuilder.group(
  PaymentsInternalApi,
  "payments",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* makeHandlers)
  })
)

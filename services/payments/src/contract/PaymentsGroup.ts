import { TenantScope } from "@valerix/http/contract"
import { OrderId, Uuid } from "@valerix/money-and-ids"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { PaymentNotFoundProblem } from "./PaymentProblems.ts"
import { PaymentPage, PaymentView } from "./PaymentSchemas.ts"

/** The payments of an organization, with all that was asked of the provider. */
export const PaymentsGroup = HttpApiGroup.make("payments")
  .add(
    HttpApiEndpoint.get("listPayments", "/payments", {
      query: { ...PaymentPage.query, order_id: Schema.optionalKey(OrderId) },
      success: PaymentPage.success
    }),
    HttpApiEndpoint.get("getPayment", "/payments/:payment_id", {
      params: { payment_id: Uuid },
      success: PaymentView,
      error: PaymentNotFoundProblem
    })
  )
  .middleware(TenantScope)

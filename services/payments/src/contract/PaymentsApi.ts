import { withProblems } from "@valerix/http/contract"
import { HttpApi } from "effect/http-api"
import { PaymentOperationsGroup } from "./PaymentOperationsGroup.ts"
import { PaymentsGroup } from "./PaymentsGroup.ts"
import { ShortPaymentsGroup } from "./ShortPaymentsGroup.ts"

/** What the public door serves of payments. */
export const PaymentsApi = HttpApi.make("payments").add(PaymentsGroup).prefix("/api/v1").pipe(withProblems)

/** What the service serves besides, on its own port, to callers inside: no prefix, and payments step by step. */
export const PaymentsInternalApi = HttpApi.make("payments-internal")
  .add(PaymentsGroup)
  .add(PaymentOperationsGroup)
  .pipe(withProblems)

/** Payments in their shortest form, on a port of their own. */
export const PaymentsShortApi = HttpApi.make("payments-short").add(ShortPaymentsGroup).pipe(withProblems)

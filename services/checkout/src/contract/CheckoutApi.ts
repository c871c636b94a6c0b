import { withProblems } from "@valerix/http/contract"
import { HttpApi } from "effect/http-api"
import { OrdersGroup } from "./OrdersGroup.ts"
import { SagasGroup } from "./SagasGroup.ts"
import { ShortOrdersGroup } from "./ShortOrdersGroup.ts"
import { VerifyGroup } from "./VerifyGroup.ts"

/** The public door of checkout. */
export const CheckoutApi = HttpApi.make("checkout")
  .add(OrdersGroup)
  .add(SagasGroup)
  .add(VerifyGroup)
  .prefix("/api/v1")
  .pipe(withProblems)

/** Orders in their shortest form, on a port of their own. */
export const CheckoutShortApi = HttpApi.make("checkout-short").add(ShortOrdersGroup).pipe(withProblems)

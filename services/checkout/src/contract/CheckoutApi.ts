import { withProblems } from "@valerix/http"
import { HttpApi } from "effect/http-api"
import { OrdersGroup } from "./OrdersGroup.ts"
import { SagasGroup } from "./SagasGroup.ts"
import { VerifyGroup } from "./VerifyGroup.ts"

/** The public door of checkout. */
export const CheckoutApi = HttpApi.make("checkout")
  .add(OrdersGroup)
  .add(SagasGroup)
  .add(VerifyGroup)
  .prefix("/api/v1")
  .pipe(withProblems)

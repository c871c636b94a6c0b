import { Match } from "effect"
import type { Accepted } from "../../application/AcceptOrders.ts"
import * as Problems from "../../contract/OrderProblems.ts"
import type { PlaceOrderRequest } from "../../contract/OrderSchemas.ts"
import type { OrderNotPriceable } from "../../domain/PricedOrder.ts"
import { fieldInBody } from "./OrderRequests.ts"
import { respondWithProblem } from "./RespondWithProblem.ts"

const SOON = { "retry-after": "1" }

/** The most faults that one answer lists. */
const ERRORS_MAX = 100

/** What came of a request when no order can be shown for it. */
type WithoutOrder = Exclude<Accepted, { readonly _tag: "Accepted" | "Replayed" }>

export const respondWithoutOrder: (accepted: WithoutOrder) => ReturnType<typeof respondWithProblem> =
  Match.typeTags<WithoutOrder>()({
    Declined: ({ failure, orderId }) =>
      respondWithProblem(
        new Problems.PaymentDeclined({
          order_id: orderId,
          detail: failure.message,
          decline_code: String(failure.details?.["decline_code"] ?? "generic_decline"),
          is_retryable: false
        })
      ),
    InProgress: () => respondWithProblem(new Problems.RequestInProgress({}), SOON),
    KeyReused: () => respondWithProblem(new Problems.IdempotencyKeyReused({})),
    Unavailable: ({ reason }) =>
      respondWithProblem(new Problems.GatewayError({ detail: reason, is_retryable: true }), SOON),
    Refused: ({ reason }) => respondWithProblem(new Problems.OrderNotAcceptable({ detail: reason }))
  })

/** What is wrong with an order that cannot be priced, its fields named as its body names them. */
export const faultsOf = (body: PlaceOrderRequest, { problems }: OrderNotPriceable) => {
  const codes = [...new Set(problems.map(({ code }) => code))].join(", ")
  return {
    errors: problems.slice(0, ERRORS_MAX).map(({ field, message }) => ({ field: fieldInBody(body, field), message })),
    detail:
      problems.length > ERRORS_MAX
        ? `${codes}; ${problems.length} fields are at fault, the first ${ERRORS_MAX} are listed`
        : codes
  }
}
